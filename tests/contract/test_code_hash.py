import textwrap

import pytest

from workflow.code_hash import _hash, _read, code_hash, reached

TREE = {
    "recordings/__init__.py": "",
    "recordings/reader.py": '"""Reads."""\nimport json\n\ndef read():\n    """Read."""\n    return 1  # one\n',
    "models/__init__.py": "WIDTH = 3\n",
    "models/encoder.py": "from recordings import reader\n\ndef encode():\n    return reader.read()\n",
    "models/training.py": "def train():\n    from models.encoder import encode\n    return encode()\n",
    "masks/__init__.py": "",
    "masks/alpha.py": "def fit():\n    return 2\n",
    "reconstruct/__init__.py": "",
    "reconstruct/loop.py": "from .steps import step\n",
    "reconstruct/steps.py": "import masks.alpha\n\ndef step():\n    return 0\n",
    "evaluate/__init__.py": "",
    "figures/__init__.py": "",
}
MODULES = [name[:-3].replace("/", ".").removesuffix(".__init__") for name in TREE]


@pytest.fixture
def tree(tmp_path):
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def hashes(root):
    _read.cache_clear()
    _hash.cache_clear()
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
    assert changed_by(tree, "models/__init__.py", "WIDTH = 4\n") == expected


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
