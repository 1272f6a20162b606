"""The report: everything in one file; and captions that take their numbers from the config."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils.core import publish_parts
from jinja2 import Environment

from figures.captions import DOCUTILS, render_caption
from figures.comparison import Comparison
from figures.report import Entry, Frame, write_report

ROOT = Path(__file__).resolve().parents[3]
CAPTIONS = sorted((ROOT / "workflow/report").glob("*.rst"))
VOID = {"meta", "link", "img", "br", "hr"}


@pytest.fixture
def config():
    return yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def entries(tmp_path):
    contents = {"a.png": b"\x89PNG picture", "b.svg": b"<svg/>", "c.mp4": b"movie"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [
        Entry(
            "Scores",
            "Scores & controls",
            tmp_path / "a.png",
            "<p>caption <b>one</b></p>",
            "mean 0.612\np < 0.05",
            "figure 2",
        ),
        Entry("Movies", "Side by side", tmp_path / "c.mp4", "<p>caption two</p>"),
        Entry("Scores", "Sizes", tmp_path / "b.svg", "<p>caption three</p>"),
    ]


def write(path, entries):
    headline = [("video correlation", 0.61234), ("mice", 2)]
    values = [("2", "video correlation", "mean", "0.569", "0.709", "9", "iterations: 20")]
    comparison = Comparison(path.parent / "tables/paper.csv", "simulated mice", values, 520, 208)
    frame = Frame("A <title>", headline, [("commit", "abc123")], "<p>intro</p>", comparison)
    write_report(path, entries, frame)
    return path.read_text(encoding="utf-8")


class Page(HTMLParser):
    """Collects ids and links, and fails on tags that do not close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.sources = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []
        self.sources += [attributes["src"]] if "src" in attributes else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_holds_every_figure_caption_and_number(tmp_path, entries):
    text = write(tmp_path / "report.html", entries)
    for entry in entries:
        assert base64.b64encode(Path(entry.path).read_bytes()).decode() in text
        assert entry.caption_html in text
    for words in ("0.612", "abc123", "<p>intro</p>", "Scores &amp; controls", "A &lt;title&gt;"):
        assert words in text
    assert text.count("<video controls") == 1


def test_the_page_needs_no_network_and_its_links_lead_somewhere(tmp_path, entries):
    text = write(tmp_path / "report.html", entries)
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert all(source.startswith("data:") for source in page.sources)
    files = {"a.png", "b.svg", "c.mp4", "tables/paper.csv"}
    for link in page.links:
        assert link.startswith("data:") or link in files or link.removeprefix("#") in page.ids
    assert files <= set(page.links)
    assert not re.search(r"https?://|@import|url\(", text)


def test_an_entry_quotes_its_numbers_and_names_its_files_and_the_papers_figure(tmp_path, entries):
    for ending in (".svg", ".csv"):
        (tmp_path / "a").with_suffix(ending).write_text("numbers")
    text = write(tmp_path / "report.html", entries)
    assert '<p class="numbers">mean 0.612</p>\n<p class="numbers">p &lt; 0.05</p>' in text
    assert text.count("In the paper: figure 2.") == 1
    assert {"a.csv", "a.svg", "a.png"} <= set(Page(text).links)


def test_the_published_values_stand_beside_ours(tmp_path, entries):
    text = write(tmp_path / "report.html", entries)
    assert "<td>0.569</td><td>0.709</td><td>9</td><td>iterations: 20</td>" in text
    assert "all 520 published values, 208 of them with ours" in text
    assert "this run differs from the paper's: simulated mice." in text
    write_report(tmp_path / "bare.html", entries, Frame("Bare", [], []))
    assert "Beside the paper" not in (tmp_path / "bare.html").read_text()


def test_figures_are_grouped_by_category_in_the_order_given(tmp_path, entries):
    text = write(tmp_path / "report.html", entries)
    places = [
        text.index(f"<h3>{t}</h3>") for t in ("Scores &amp; controls", "Sizes", "Side by side")
    ]
    assert places == sorted(places)


def test_the_same_entries_give_the_same_bytes(tmp_path, entries):
    assert write(tmp_path / "a.html", entries) == write(tmp_path / "b.html", entries)


def test_a_missing_figure_is_named(tmp_path, entries):
    gone = Entry("Scores", "Gone", tmp_path / "gone.png", "")
    with pytest.raises(ValueError, match=r"gone\.png: missing"):
        write(tmp_path / "report.html", [*entries, gone])
    with pytest.raises(ValueError, match="files only"):
        Entry("Scores", "Table", "table.xlsx", "")


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("source", ["simulated", "sensorium"])
def test_captions_render(path, source, config):
    config["recordings"]["source"] = source
    by_mouse = {"mouse": "A", "clip": "0"}
    for wildcards in ({"kind": "noise"} | by_mouse, {"kind": "gratings"} | by_mouse):
        html = render_caption(path, config=config, wildcards=wildcards)
        assert len(html) > 200
        assert "{{" not in html
        assert "system-message" not in html


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_captions_render_in_snakemakes_own_report_too(path, config):
    """Which takes newlines after blocks away, and blanks before them."""
    config["variants"]["run"] = ["predicted"]
    by = {"mouse": "A", "clip": "0", "kind": "noise"}
    context = SimpleNamespace(config=config, wildcards=by, params={})
    trimming = Environment(trim_blocks=True, lstrip_blocks=True)
    source = trimming.from_string(path.read_text(encoding="utf-8")).render(snakemake=context)
    assert len(publish_parts(source, writer="html", settings_overrides=DOCUTILS)["body"]) > 200


def test_every_figure_has_a_caption():
    names = {path.stem for path in CAPTIONS}
    figures = {"frames", "traces", "scores", "ensemble_sizes", "masks", "alpha", "training"}
    assert figures | {"reliability", "duplicates", "side_by_side", "error_map", "workflow"} <= names
    assert {"all_clips", "spread", "errors", "error_clips"} <= names


def test_captions_take_their_numbers_from_the_config(config):
    config["masks"]["evaluation_threshold"] = 0.8765
    assert "0.8765" in render_caption(ROOT / "workflow/report/scores.rst", config=config)


def test_a_caption_with_an_unknown_key_or_faulty_markup_is_named(tmp_path, config):
    path = tmp_path / "wrong.rst"
    path.write_text('{{ snakemake.config["no_such_key"] }}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong\.rst: .*no_such_key"):
        render_caption(path, config=config)
    path.write_text("An *open emphasis", encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong\.rst: "):
        render_caption(path, config=config)


@pytest.mark.parametrize(
    ("share", "weights", "words"),
    [
        (
            0.1,
            [0.1, 1.0],
            "choose the weight of the prior, one of 0.1, 1.0, and the moment to stop",
        ),
        (0.1, [0.5], "prior, 0.5; neurons that are held out (10.0 %) choose the moment to stop"),
        (0.0, [0.5], "the config sets the weight of the prior, 0.5, and 30 iterations at most"),
    ],
)
def test_the_introduction_says_who_chose_the_weight_of_the_prior(config, share, weights, words):
    config["reconstruct"]["map"] |= {"held_out_share": share, "prior_weights": weights}
    html = render_caption(ROOT / "workflow/report/workflow.rst", config=config)
    assert words in " ".join(html.split())


@pytest.mark.parametrize(
    ("source", "words"), [("sensorium", "A, B (recorded);"), ("simulated", "A, B (simulated, so")]
)
def test_the_introduction_says_whether_mice_are_recorded_whoever_did(config, source, words):
    config["recordings"]["source"] = source
    html = render_caption(ROOT / "workflow/report/workflow.rst", config=config)
    assert words in " ".join(html.split())


def test_the_caption_of_variants_lists_what_each_changes(config):
    config["variants"]["run"] = ["predicted", "silenced50"]
    html = render_caption(ROOT / "workflow/report/variants.rst", config=config)
    assert "<em>predicted</em>: target predicted;" in html
    assert "<em>silenced50</em>: population.share 0.5, population.others silenced." in html


def test_params_and_wildcards_reach_the_caption(tmp_path, config):
    path = tmp_path / "mouse.rst"
    path.write_text(
        "{{ snakemake.wildcards.mouse }} {{ snakemake.params.count }}", encoding="utf-8"
    )
    html = render_caption(path, config=config, wildcards={"mouse": "A"}, params={"count": 3})
    assert html == "<p>A 3</p>\n"
