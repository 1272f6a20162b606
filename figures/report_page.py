"""The page that the report is filled into; kept as text here so that an edit of it counts as an edit of the code."""

STYLE = """
:root { --ink: #222; --muted: #666; --line: #ddd; --accent: #0072b2; color-scheme: light; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: #fff; font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
.page { display: grid; grid-template-columns: 15rem minmax(0, 54rem); gap: 3rem; max-width: 76rem; margin: 0 auto;
  padding: 0 1.5rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2.2rem 0; font-size: .87rem; }
nav ul { list-style: none; margin: 0 0 .9rem; padding: 0; }
nav li { margin: .15rem 0; line-height: 1.35; }
nav .category { font-weight: 600; color: var(--ink); }
main { padding: 1.6rem 0 5rem; min-width: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .4rem 0 1.2rem; }
h2 { font-size: 1.25rem; margin: 3rem 0 .6rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.8rem 0 .6rem; }
figure { margin: 0 0 2.8rem; }
figure img, figure video { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 4px;
  background: #fff; }
figure .still { padding: .6rem; }
figcaption { font-size: .89rem; line-height: 1.5; margin-top: .6rem; }
figcaption p { margin: 0 0 .4rem; }
figcaption .numbers { border-left: 3px solid var(--line); padding-left: .7rem; font-variant-numeric: tabular-nums; }
figcaption .files { color: var(--muted); }
.values th, .values td { width: auto; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; margin: .5rem 0 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 400; color: var(--muted); width: 45%; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.provenance td { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .82rem; }
@media (max-width: 52rem) {
  .page { display: block; padding: 0 1rem; }
  nav { position: static; max-height: none; padding: 1rem 0 .4rem; border-bottom: 1px solid var(--line); }
  nav .entries { display: none; }
  nav > ul { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 0; }
  h1 { font-size: 1.4rem; }
}
@media print {
  body { font-size: 10pt; }
  .page { display: block; max-width: none; padding: 0; }
  nav { display: none; }
  figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  figure.movie::after { content: "(a movie: open the page in a browser)"; color: var(--muted); font-size: 9pt; }
  figure.movie video { display: none; }
}
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{{ title }}</title>
<style>{{ style|safe }}</style>
</head>
<body>
<div class="page">
<nav aria-label="Contents">
<ul>
<li><a class="category" href="#overview">Overview</a></li>
{% for category in categories %}
<li><a class="category" href="#{{ category.anchor }}">{{ category.name }}</a>
<ul class="entries">
{% for figure in category.figures %}<li><a href="#{{ figure.anchor }}">{{ figure.title }}</a></li>
{% endfor %}</ul></li>
{% endfor %}
{% if comparison %}<li><a class="category" href="#paper">Beside the paper</a></li>
{% endif %}<li><a class="category" href="#provenance">Provenance</a></li>
</ul>
</nav>
<main>
<h1>{{ title }}</h1>
<section id="overview">
{{ introduction|safe }}
<table>
{% for label, value in overview %}<tr><th scope="row">{{ label }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
</section>
{% for category in categories %}
<section id="{{ category.anchor }}">
<h2>{{ category.name }}</h2>
{% for figure in category.figures %}
<figure id="{{ figure.anchor }}"{% if figure.is_movie %} class="movie"{% endif %}>
<h3>{{ figure.title }}</h3>
{% if figure.is_movie %}<video controls loop muted playsinline preload="metadata" src="{{ figure.data }}"></video>
{% else %}<img class="still" alt="{{ figure.title }}" src="{{ figure.data }}">{% endif %}
<figcaption>{{ figure.caption|safe }}
{% for line in figure.quotes %}<p class="numbers">{{ line }}</p>
{% endfor %}<p class="files">{% if figure.paper %}In the paper: {{ figure.paper }}. {% endif %}Files:
{% for ending, link in figure.links %}<a href="{{ link }}">{{ ending }}</a>{% if not loop.last %}, {% endif %}{% endfor %}</p>
</figcaption>
</figure>
{% endfor %}
</section>
{% endfor %}
{% if comparison %}
<section id="paper">
<h2>Beside the paper</h2>
<p>Our values beside the published ones. {% if comparison.shared %}In all rows below this run differs from the paper's: {{ comparison.shared }}. {% endif %}
<a href="{{ comparison_link }}">{{ comparison_link }}</a> has all {{ comparison.num_rows }} published values, {{ comparison.num_found }} of them with ours,
with the table that each was read from; those of grids and sweeps are only there.</p>
<table class="values">
<tr><th scope="col">figure</th><th scope="col">quantity</th><th scope="col">condition</th><th scope="col">paper</th><th scope="col">ours</th><th scope="col">clips</th><th scope="col">what else differs</th></tr>
{% for row in comparison.rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>
</section>
{% endif %}
<section id="provenance" class="provenance">
<h2>Provenance</h2>
<table>
{% for label, value in provenance %}<tr><th scope="row">{{ label }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
</section>
</main>
</div>
</body>
</html>
"""
