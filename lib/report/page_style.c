/*
 * report/page_style - how the page looks.
 *
 * Colours:	the marks c0 to c5 are told apart with protan-, deuter- and
 *		tritanopia (Machado, Oliveira, Fernandes 2009: no two nearer
 *		than 0.085 in OKLab), and stand out from the ground by more
 *		than 3:1, text by more than 4.5:1 (WCAG 2.1), in both themes.
 *		Next to each other they are parted by a seam of the ground.
 */
#include <stddef.h>

#include "report/page_parts.h"

#define LIGHT \
	"--bg:#ffffff;--soft:#f4f6f7;--ink:#1b1f24;--mute:#555e68;" \
	"--rule:#d5dadf;--grid:#e6e9ec;--rail:#e9ecef;--link:#0b5cad;" \
	"--bad:#b3261e;--warn:#8a5200;--good:#1a6b3c;" \
	"--badbg:#fdeceb;--warnbg:#fdf3e1;--goodbg:#e8f5ec;" \
	"--c0:#23449e;--c1:#b9741a;--c2:#007a80;--c3:#97194a;--c4:#1f91ee;" \
	"--c5:#888d93"
#define DARK \
	"--bg:#15181c;--soft:#1e2328;--ink:#e6e9ec;--mute:#a2abb4;" \
	"--rule:#3a4149;--grid:#2b3137;--rail:#262b31;--link:#7cb7ff;" \
	"--bad:#ff8a80;--warn:#f2b84b;--good:#6fd39a;" \
	"--badbg:#35191a;--warnbg:#31260f;--goodbg:#13291c;" \
	"--c0:#5468d0;--c1:#f5b640;--c2:#14c2a0;--c3:#cf73dc;--c4:#a9e0ff;" \
	"--c5:#7d848c"

/* In pieces that every compiler takes. */
const char *const mk_page_style[] = {
":root{color-scheme:light dark;" LIGHT "}\n"
"@media (prefers-color-scheme:dark){:root{" DARK "}}\n"
"*{box-sizing:border-box}\n"
"html{-webkit-text-size-adjust:100%;text-size-adjust:100%}\n"
"body{margin:0;background:var(--bg);color:var(--ink);"
    "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',"
    "'Liberation Sans',sans-serif;font-variant-numeric:tabular-nums;"
    "overflow-wrap:anywhere}\n"
"header,main,footer{max-width:70rem;margin:0 auto;padding:0 1.5rem}\n"
"h1,h2,h3,p,ul,dl,dd,figure{margin:0;padding:0}\n"
"a{color:var(--link);text-underline-offset:.15em}\n"
":focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
/* The head. */
"header{padding-top:2.5rem}\n"
".eyebrow{font-size:.8rem;font-weight:600;letter-spacing:.04em;"
    "color:var(--mute)}\n"
"h1{font-size:2rem;line-height:1.2;font-weight:700;"
    "letter-spacing:-.015em;margin:.1rem 0 .3rem}\n"
".when{color:var(--mute)}\n"
".verdict{display:flex;gap:.8rem;margin:1.4rem 0 0;padding:.9rem 1.1rem;"
    "border-radius:.5rem;background:var(--goodbg)}\n"
".verdict.warn{background:var(--warnbg)}.verdict.bad{background:var(--badbg)}"
    "\n"
".verdict h2{font-size:1.05rem;line-height:1.5rem;color:var(--good);"
    "margin:0}\n"
".warn h2{color:var(--warn)}.bad h2{color:var(--bad)}\n"
".verdict ul{list-style:none;margin:.2rem 0 0}\n"
".verdict li{padding-left:1.1rem;position:relative}\n"
".verdict li::before{content:'';position:absolute;left:.15rem;top:.5em;"
    "width:.5em;height:.5em;border-radius:50%;border:2px solid var(--warn)}\n"
".verdict li.bad::before{border:0;border-radius:0;background:var(--bad);"
    "transform:rotate(45deg)}\n"
".verdict a{color:var(--ink)}\n"
".icon{flex:none;width:1.5rem;height:1.5rem;fill:none;stroke-width:2;"
    "stroke:var(--good);stroke-linecap:round;stroke-linejoin:round}\n"
".warn .icon{stroke:var(--warn)}.bad .icon{stroke:var(--bad)}\n"
".key{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));"
    "gap:1.2rem 2rem;margin:1.8rem 0 0}\n"
".key div{border-top:2px solid var(--ink);padding-top:.5rem}\n"
".key div.warn{border-color:var(--warn)}.key div.bad{border-color:var(--bad)}"
    "\n"
".key dt{font-size:.85rem;color:var(--mute)}\n"
".key dd{font-size:.85rem;color:var(--mute)}\n"
".key dd:first-of-type{font-size:clamp(1.3rem,2.8vw,1.9rem);"
    "line-height:1.25;font-weight:650;white-space:nowrap;"
    "letter-spacing:-.02em;color:var(--ink)}\n"
".key .warn dd:first-of-type{color:var(--warn)}"
    ".key .bad dd:first-of-type{color:var(--bad)}\n"
"nav{margin:1.8rem 0 0;font-size:.87rem}\n"
"nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none}\n",
/* Sections. */
"section{margin:2.6rem 0 0;padding:1.4rem 0 0;"
    "border-top:1px solid var(--rule)}\n"
"section>h2,h2.none{font-size:1.35rem;line-height:1.3;font-weight:650;"
    "letter-spacing:-.01em;margin:.1rem 0 1.2rem;max-width:60rem;"
    "text-wrap:balance}\n"
"h3{font-size:.92rem;font-weight:600;margin:0 0 .3rem}\n"
"h3 small{font-weight:400;color:var(--mute);font-size:.85rem}\n"
"section.none{margin-top:1.6rem;padding-top:1.1rem;color:var(--mute)}"
    "section.none>h2{margin:0 0 .2rem}\n"
".fail{border-left:4px solid var(--bad);background:var(--badbg);"
    "padding:.6rem .9rem;margin-top:.4rem}\n"
".fail strong{color:var(--bad)}\n"
".hint,.note{font-size:.85rem;color:var(--mute);margin-top:.5rem;"
    "max-width:44rem}\n"
".note{border-left:3px solid var(--warn);padding-left:.7rem;"
    "margin:0 0 1rem}\n"
".two{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);"
    "gap:1.6rem 3rem;align-items:start}\n"
".even{grid-template-columns:repeat(auto-fit,"
    "minmax(min(100%,22rem),1fr))}\n"
".half{grid-template-columns:minmax(0,2fr) minmax(0,3fr)}\n"
".multi{display:grid;gap:1.4rem 2rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr))}\n"
".multi>div{max-width:34rem}\n"
".multi+.box,.lanes+.box{margin-top:1.6rem}"
    ".two>.multi+.box{margin-top:0}\n"
/* Tables. */
".box{overflow-x:auto;max-width:100%}\n"
"table{width:100%;border-collapse:collapse;font-size:.87rem}\n"
"caption{text-align:left;font-weight:600;font-size:.92rem;"
    "padding:0 0 .3rem}\n"
"th,td{padding:.32rem 0 .32rem 1rem;text-align:left;vertical-align:top;"
    "border-bottom:1px solid var(--grid)}\n"
"th:first-child,td:first-child{padding-left:0}\n"
"thead th{font-weight:400;font-size:.8rem;color:var(--mute);"
    "border-bottom-color:var(--rule);vertical-align:bottom;"
    "overflow-wrap:normal}\n"
"tbody th{font-weight:400;min-width:6rem}\n"
".tight tbody th{min-width:0}\n"
".n{text-align:right;white-space:nowrap;overflow-wrap:normal}\n"
"tr.sum>*{font-weight:600}tr.own>*{background:var(--soft)}\n"
"td.bad{color:var(--bad)}\n"
"details{margin-top:.6rem;font-size:.87rem}\n"
"summary{cursor:pointer;color:var(--link)}\n"
"details .box{margin-top:.6rem}\n",
/* Legends. */
".legend{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;list-style:none;"
    "font-size:.85rem;margin:0 0 .5rem}\n"
".k{display:inline-block;width:.75em;height:.75em;border-radius:2px;"
    "margin-right:.45em}\n"
".k.line{width:0;height:1em;border-left:2px solid var(--ink);"
    "border-radius:0;vertical-align:-.15em;margin-left:.3em}\n"
/* Drawings. */
"svg{display:block;overflow:visible}\n"
"svg text{font-size:11px;fill:var(--mute)}\n"
"svg .m{text-anchor:middle}svg .e{text-anchor:end}\n"
"svg .strong{fill:var(--ink);font-weight:600}\n"
"svg.bar{margin:.3rem 0 .15rem}\n"
".plot{margin:0 0 .2rem}\n"
".plot.axis{width:calc(100% - 3.6rem);margin-left:3.3rem}\n"
".grid{stroke:var(--grid)}.base{stroke:var(--mute)}\n"
".mark{stroke:var(--ink);stroke-width:2}.seam{stroke:var(--bg)}\n"
".tear{stroke:var(--bg);stroke-width:3}\n"
".span{stroke:var(--c0);stroke-width:1.5}\n"
".rail{fill:var(--rail)}\n"
".c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}"
    ".c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}"
    ".c7{fill:var(--bad)}\n"
".k.c0{background:var(--c0)}.k.c1{background:var(--c1)}"
    ".k.c2{background:var(--c2)}.k.c3{background:var(--c3)}"
    ".k.c4{background:var(--c4)}.k.c5{background:var(--c5)}\n"
"#x{stroke:var(--bad);stroke-width:2.5;fill:none}\n"
".plot.lane{width:calc(100% - 5rem);margin-left:4.7rem}\n"
".k.dot{border-radius:50%}.key-x{display:inline-block;"
    "vertical-align:-.1em;margin-right:.4em}\n"
"td.draw{width:35%;min-width:3rem;vertical-align:middle}\n"
"th .k{float:left;margin-top:.38em}thead .k{float:none}\n"
".box+.box{margin-top:1.6rem}\n"
"td.p{min-width:5.6rem}td.t{white-space:nowrap}\n"
"th small{color:var(--mute);font-size:.8rem}\n"
".lane+h3{margin-top:1rem}\n"
"footer{margin-top:3rem;padding-top:1rem;padding-bottom:2.5rem;"
    "font-size:.82rem;color:var(--mute)}\n"
"footer p{border-top:1px solid var(--rule);padding-top:1rem}\n"
/* A tablet, a phone. */
"@media (max-width:56rem){.two,.half{grid-template-columns:minmax(0,1fr)}}\n"
"@media (max-width:40rem){"
    "header,main,footer{padding-left:1rem;padding-right:1rem}"
    "header{padding-top:1.4rem}h1{font-size:1.5rem}"
    ".key{grid-template-columns:repeat(2,minmax(0,1fr));gap:1rem 1.2rem}"
    ".key dd:first-of-type{font-size:1.45rem}"
    "section{margin-top:2rem}section>h2{font-size:1.15rem}"
    "th,td{padding-left:.6rem}"
    ".plot.axis{width:calc(100% - 3.3rem);margin-left:3.1rem}"
    "thead .n{white-space:normal}"
    ".plot.lane{width:calc(100% - 4.5rem);margin-left:4.3rem}}\n"
/* Paper: the light theme, nothing hidden, nothing torn. */
"@media print{:root{color-scheme:light;" LIGHT "}"
    "body{font-size:11pt}header{padding-top:0}"
    "nav{display:none}section{break-inside:avoid-page}"
    "tr,svg,h3{break-inside:avoid}h2,h3,caption{break-after:avoid}"
    "details::details-content{content-visibility:visible;display:block}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "a{color:inherit;text-decoration:none}.box{overflow:visible}}\n",
NULL };
