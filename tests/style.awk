# style.awk - what of the house style a machine can tell.
#
# usage: awk -f tests/style.awk FILE.c FILE.h ...
#
# Silent, or one line a fault, and status 1.  clang-format cannot be asked:
# it knows neither comments in a column of tabs nor lines that are broken
# where the sense breaks; .clang-format is what it can do for an editor.

function fault(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}

# The width of a line: tabs go to the next eighth column, bytes that continue
# a UTF-8 sequence take none.
function width(text,	n, i, part, parts) {
	n = split(text, part, "\t")
	for (i = parts = 0; i++ < n; ) {
		gsub(/[\200-\277]/, "", part[i])
		parts += length(part[i])
		if (i < n)
			parts += 8 - parts % 8
	}
	return parts
}

FNR == 1 { comment = blank = opened = closed = 0; head = "" }

{
	code = $0
	gsub(/\\./, "", code)			# escapes
	gsub(/"[^"]*"/, "\"\"", code)		# strings
	gsub(/'[^']*'/, "''", code)
	if (comment && code ~ /\*\//) {
		sub(/^.*\*\//, "", code)
		comment = 0
	}
	gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", code)
	if (!comment && sub(/\/\*.*/, "", code))
		comment = 1
	else if (comment)
		code = ""
}

# A comment behind the code may run on a little.
{
	text = $0
	if (sub(/[ \t]*\/\*.*\*\/$/, "", text) && text == "" || width($0) > 88)
		text = $0
}
width(text) > 80		{ fault("more than 80 columns") }
/[ \t]$/			{ fault("blanks at the end") }
/\r/				{ fault("a carriage return") }
/^\t* +\t/			{ fault("a blank before a tab") }
/^\t*        /			{ fault("eight blanks, no tab") }
/^$/ && blank			{ fault("two empty lines") }
/^$/ && opened			{ fault("an empty line after {") }
/^[ \t]*}/ && blank		{ fault("an empty line before }") }

code ~ /(^|[ \t])(if|for|while|switch)\(/ \
				{ fault("no blank before (") }
code ~ /^[ \t]+(&&|\|\||[?:] |[=!<>]=|[-+\/%|^<>] )/ \
				{ fault("an operator that begins a line") }
code ~ /(^|[ \t;])\/\//		{ fault("a // comment") }
code ~ /^[ \t]*else/ && closed	{ fault("else is not beside }") }
code ~ /^[ \t]+(if|for|while|switch) .*\)\{$/ \
				{ fault("no blank before {") }
code ~ /[a-z]\* ?[a-z_]+[;,)]/ && code ~ /(char|void|int)\*/ \
				{ fault("a * beside the type") }
code ~ /^typedef .*_t;/		{ fault("_t is POSIX's") }
code ~ /^[^ \t#}]/ && code !~ /^\{/	{ head = code }
code ~ /^\{/ && head !~ /^[a-z_0-9]+\(/ && head !~ /^START_TEST/ \
				{ fault("the name is not in column one") }

{ blank = $0 == ""; opened = code ~ /{$/; closed = code ~ /^[ \t]*}$/ }

END { exit bad }
