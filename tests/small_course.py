"""A checkout of the course with one tiny lesson, for tests of what builds it."""

import shutil

from tools.source import LANGS, ROOT

LESSON = """# %% [markdown] lang="ko" headline="accuracy"
# # [[number]] · 제목
#
# **질문일까?**
# %% [markdown] lang="en"
# # [[number]] · Title
#
# **A question?**
# %% [markdown]
# $1 + 1$
# %% tags=["nbval-ignore-output"]
import sys
print("measured", 0.5)
print("log", file=sys.stderr)
# %%
{cell}
# %% [markdown] lang="ko" slides="002 7) 학습; 001 다른 쪽"
# ## 절 [[solutions]]
# %% [markdown] lang="en"
# ## Section [[solutions]]
# %% tags=["exercise"]
def one(): ...
# %% tags=["solution"]
def one():
    return 1
# %% tags=["wrong"]
def one():
    return 2
"""
DRAWN = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
CAPTION = """# %% [markdown] lang="ko"
# *그림 [[figure]]. 값(value)이 `커진다`.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The value `grows`.*
"""


class SmallCourse:
    """`write(cell)` writes its lesson anew; `figure()` gives it figure cells."""

    def __init__(self, root):
        self.root = root
        for name in ("lessons", "helpers", "data", "docs"):
            (root / name).mkdir()
        shutil.copy(ROOT / "pyproject.toml", root)
        for lang, end in (("en", ".md"), ("ko", ".ko.md")):
            (root / f"README{end}").write_text(f"{lang}\n<!-- lessons -->\n<!-- end -->\n")
            (root / f"docs/decks{end}").write_text(f"{lang}\n<!-- decks -->\n<!-- end -->\n")
        self.write()

    def write(self, cell="print(1 + 1)", text=LESSON, stem="98_tiny"):
        (self.root / "lessons" / f"{stem}.py").write_text(text.replace("{cell}", cell))

    def figure(self, *captioned, line='# %% tags=["figure"] title="growth"', caption=CAPTION):
        """The tiny lesson with a figure cell for each source, and a caption behind each."""
        cells = "".join(f"{line}\n{source}\n{caption}" for source in captioned or [DRAWN])
        self.write(text=LESSON.replace("# %%\n{cell}\n", cells))

    def notebooks(self, stem="98_tiny"):
        return {lang: self.root / f"notebooks/{lang}/{stem}.ipynb" for lang in LANGS}
