import textwrap

import pytest

from workflow import code_hash as hashing
from workflow.code_hash import code_hash, code_of_script, reached

TREE = {
    "recordings/__init__.py": "",
    "recordings/reader.py": '"""Reads."""\nimport json\n\ndef read():\n    """Read."""\n    return 1  # one\n',
    "models/__init__.py": "WIDTH = 3\n",
    "models/encoder.py": "from recordings import reader\n\ndef encode():\n    return reader.read()\n",
    "models/training.py": "def train():\n    from models.encoder import encode\n    return encode()\n",
    "masks/__init__.py": "",
    "masks/alpha.py": "def fit():\n    return 2\n",
    "reconstruct/__init__.py": "",
    "reconstruct/loop.py": "from .steps import step\n\nstep()\n",
    "reconstruct/steps.py": "import masks.alpha\n\ndef step():\n    return masks.alpha.fit()\n",
    "evaluate/__init__.py": "",
    "figures/__init__.py": "",
}
FROM_READER = {"models.encoder", "models.training"}
"""they import the whole of it"""
MODULES = [name[:-3].replace("/", ".").removesuffix(".__init__") for name in TREE]


@pytest.fixture
def tree(tmp_path):
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def hashes(root):
    for name in ("_path", "_read", "_parse", "_follow"):
        getattr(hashing, name).cache_clear()
    return {module: code_hash(module, root=root) for module in MODULES}


def changed_by(root, name, text):
    before = hashes(root)
    (root / name).write_text(textwrap.dedent(text))
    after = hashes(root)
    return {module for module in MODULES if before[module] != after[module]}


def test_twelve_hex_digits(tree):
    assert len(code_hash("models", root=tree)) == 12
    int(code_hash("models", root=tree), 16)


def test_comment_docstring_and_format_change_nothing(tree):
    text = '"""Reads all."""\nimport json\n\n\ndef read( ):\n    # why\n    return (1)\n'
    assert changed_by(tree, "recordings/reader.py", text) == set()


def test_code_changes_what_reaches_it(tree):
    text = TREE["recordings/reader.py"].replace("return 1", "return 3")
    expected = {"recordings.reader", "models.encoder", "models.training"}
    assert changed_by(tree, "recordings/reader.py", text) == expected


def test_relative_import_reaches(tree):
    expected = {"reconstruct.loop", "reconstruct.steps", "masks.alpha"}
    assert changed_by(tree, "masks/alpha.py", "def fit():\n    return 5\n") == expected


def test_package_init_belongs_to_its_modules(tree):
    expected = {"models", "models.encoder", "models.training"}
    assert changed_by(tree, "models/__init__.py", "WIDTH = 3\nsetup(WIDTH)\n") == expected
    assert changed_by(tree, "models/__init__.py", "WIDTH = 4\nsetup(WIDTH)\n") == expected


def test_order_and_repetition_do_not_matter(tree):
    one = code_hash("masks.alpha", "models.encoder", root=tree)
    assert one == code_hash("models.encoder", "masks.alpha", "models.encoder", root=tree)


def test_values_in_code_are_no_docstrings(tree):
    assert changed_by(tree, "masks/alpha.py", 'NAME = "b"\n') >= {"masks.alpha"}
    assert changed_by(tree, "masks/alpha.py", 'NAME = "c"\n') >= {"masks.alpha"}


def test_unknown_module_is_refused(tree):
    with pytest.raises(ValueError, match=r"no module models\.trainning"):
        code_hash("models.trainning", root=tree)


def test_reached_stays_inside_the_project(tree):
    assert reached(("recordings.reader",), tree) == {"recordings", "recordings.reader"}


def test_a_definition_that_is_not_reached_changes_nothing_else(tree):
    text = TREE["recordings/reader.py"] + "\ndef write():\n    return 5\n"
    assert changed_by(tree, "recordings/reader.py", text) == {"recordings.reader"} | FROM_READER
    text = "from recordings.reader import read\n\ndef encode():\n    return read()\n"
    (tree / "models/encoder.py").write_text(text)
    more = TREE["recordings/reader.py"] + "\ndef write():\n    return 6\n"
    assert changed_by(tree, "recordings/reader.py", more) == {"recordings.reader"}


WORDS = {
    "the message of an error": (
        "def fit(x):\n    if x: raise ValueError(f'{x} is wrong')\n",
        "def fit(x):\n    if x: raise ValueError(f'{x} is odd', x)\n",
    ),
    "a line of a log": (
        "def fit(x):\n    LOG.info('fits %s', x)\n    return x\n",
        "def fit(x):\n    LOG.warning('is fitting %s', x)\n    return x\n",
    ),
    "what is said of a key": (
        "class Settings:\n    x: Annotated[int, key('how many', ge=1)]\n",
        "class Settings:\n    x: Annotated[int, key('how many of them', ge=0)]\n",
    ),
    "an import for a message": (
        "def fit(x):\n    raise ValueError('x')\n",
        "from recordings.reader import read\n\ndef fit(x):\n    raise ValueError(read())\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), WORDS.values(), ids=WORDS.keys())
def test_words_for_people_are_no_code(tree, before, after):
    (tree / "masks/alpha.py").write_text(before)
    assert changed_by(tree, "masks/alpha.py", after) == set()


CODE = {
    "the kind of an error": (
        "def fit(x):\n    raise ValueError('x')\n",
        "def fit(x):\n    raise KeyError('x')\n",
    ),
    "what is logged as a value": (
        "def fit(x):\n    return LOG.info(x)\n",
        "def fit(x):\n    return LOG.info(x + 1)\n",
    ),
    "the default of a field": (
        "class Settings:\n    x: int = 1\n",
        "class Settings:\n    x: int = 2\n",
    ),
    "a constant that is used by another": ("A = 1\nB = A\n", "A = 2\nB = A\n"),
    "one of two names in a row": ("A, B = 1, 2\n", "A, B = 1, 3\n"),
    "a statement that is run": ("A = []\nA.append(1)\n", "A = []\nA.append(2)\n"),
    "what a dictionary is added to": ("A = {}\nA |= {1: 2}\n", "A = {}\nA |= {1: 3}\n"),
}


@pytest.mark.parametrize(("before", "after"), CODE.values(), ids=CODE.keys())
def test_all_else_is_code(tree, before, after):
    (tree / "masks/alpha.py").write_text(before)
    assert "masks.alpha" in changed_by(tree, "masks/alpha.py", after)


def test_a_script_is_hashed_with_what_it_reaches(tree):
    script = tree / "fit_alpha.py"
    script.write_text("from masks.alpha import fit\n\nfit()\n")

    def digest():
        hashes(tree)
        return code_of_script(script, root=tree)

    first = digest()
    (tree / "masks/alpha.py").write_text(TREE["masks/alpha.py"] + "\ndef more():\n    return 1\n")
    assert digest() == first
    script.write_text("# fits\nfrom masks.alpha import fit\n\nfit()\n")
    assert digest() == first
    script.write_text("from masks.alpha import fit\n\nfit(1)\n")
    assert digest() != first
    script.write_text("from masks.alpha import fit\n\nfit()\n")
    (tree / "masks/alpha.py").write_text("def fit():\n    return 3\n")
    assert digest() != first


def test_a_name_that_a_package_hands_on_is_followed(tree):
    (tree / "masks/__init__.py").write_text("from masks.alpha import fit\n")
    (tree / "reconstruct/steps.py").write_text("from masks import fit\n\ndef step():\n    fit()\n")
    expected = {"masks.alpha", "masks", "reconstruct.steps", "reconstruct.loop"}
    assert changed_by(tree, "masks/alpha.py", "def fit():\n    return 9\n") == expected
