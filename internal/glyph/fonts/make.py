#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the two embedded fonts from the Noto Serif CJK collections.

    make.py NotoSerifCJK-Regular.ttc NotoSerifCJK-Bold.ttc OUTDIR

README.md says where the collections came from. The same input and the same
fontTools give the same octets.
"""
import os
import sys

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, newTable

FACE = "Noto Serif CJK SC"  # the face for simplified Chinese, index 2 of the collection
MAX_ERROR = 1.0  # of a quadratic curve against the cubic one, in 1/1000 em


def characters():
    """GB 2312 and what official documents use beside it."""
    chars = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                chars.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    for first, last in (
        (0x0020, 0x007E),  # ASCII
        (0x00A0, 0x00FF),  # Latin-1
        (0x2010, 0x2027),  # hyphens, dashes, quotation marks, bullets, ellipsis
        (0x2030, 0x203E),  # per mille, primes, reference mark
        (0x2070, 0x208E),  # superscripts and subscripts
        (0x20AC, 0x20AC),  # euro
        (0x2103, 0x2122),  # degree Celsius, numero, trade mark
        (0x2150, 0x217F),  # fractions, Roman numerals
        (0x2190, 0x2199),  # arrows
        (0x2200, 0x22FF),  # mathematical signs
        (0x2460, 0x24FF),  # enclosed numbers
        (0x2500, 0x257F),  # box drawing
        (0x25A0, 0x25FF),  # geometric shapes
        (0x2605, 0x2606),  # stars
        (0x2E3A, 0x2E3B),  # two-em and three-em dash
        (0x3000, 0x303F),  # CJK punctuation, the numeral zero
        (0x30FB, 0x30FC),  # katakana middle dot
        (0x3200, 0x33FF),  # enclosed ideographs, squared units
        (0xFE10, 0xFE1F),
        (0xFE30, 0xFE4F),  # compatibility forms
        (0xFF01, 0xFF5E),  # full-width forms
        (0xFFE0, 0xFFE6),
    ):
        chars.update(range(first, last + 1))
    return chars


def subset(path):
    fonts = TTCollection(path).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == FACE)
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.glyph_names = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17]  # copyright, trademark, licence stay
    options.name_languages = [0x409]
    options.drop_tables += ["BASE", "GPOS", "GSUB", "GDEF", "VORG", "vhea", "vmtx", "DSIG", "kern"]
    tool = Subsetter(options)
    tool.populate(unicodes=characters())
    tool.subset(font)
    return font


def to_glyf(font):
    """Replaces cubic (CFF) outlines by quadratic (glyf) ones."""
    order = font.getGlyphOrder()
    source = font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(source)
        source[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder = order
    glyf.glyphs = glyphs
    del font["CFF "]
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in (
        "maxZones maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements "
        "maxSizeOfInstructions maxComponentElements maxPoints maxContours maxCompositePoints "
        "maxCompositeContours maxComponentDepth"
    ).split():
        setattr(maxp, field, 1 if field == "maxZones" else 0)
    post = font["post"]
    post.formatType = 3.0
    font["head"].glyphDataFormat = 0
    font.sfntVersion = "\000\001\000\000"
    for name in order:  # the left side bearing of glyf fonts is the outline's left edge
        glyphs[name].recalcBounds(glyf)
        advance, _ = font["hmtx"][name]
        font["hmtx"][name] = (advance, getattr(glyphs[name], "xMin", 0))


def main():
    regular, bold, out = sys.argv[1:]
    for path, name in ((regular, "NotoSerifSC-Regular.ttf"), (bold, "NotoSerifSC-Bold.ttf")):
        font = subset(path)
        font.recalcTimestamp = False
        to_glyf(font)
        font.save(os.path.join(out, name), reorderTables=True)
        print(name, len(font.getGlyphOrder()), "glyphs,", os.path.getsize(os.path.join(out, name)), "octets")


if __name__ == "__main__":
    main()
