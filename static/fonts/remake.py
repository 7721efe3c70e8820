#!/usr/bin/env python3
"""Remakes the three font files of the project from one variable Inter (Latin subset, weight axis only).

    python3 remake.py inter-latin-wght-normal.woff2 OFL-source.txt

Needs fontTools and brotli. The result does not depend on the day: the source's own timestamps are kept.
"""
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.varLib import instancer

FAMILY = "Inter Chalandise"
HERE = Path(__file__).resolve().parent
CHART = HERE.parent.parent / "crates" / "chart" / "fonts"
NARROW_SPACE = 0x202F
NARROW_SPACE_EM = 0.16
# What French and English pages write; anything else falls back to the system's font.
CHARACTERS = (
    list(range(0x20, 0x7F))
    + list(range(0xA0, 0x100))
    + [0x131, 0x152, 0x153, 0x2009, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026]
    + [0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2122, 0x2191, 0x2193, 0x2212]
)
# Only these get equal widths; a wide hyphen or space would pull words apart.
TABULAR = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "plus", "minus"]


def tabular_tables(font):
    """Every single-substitution subtable behind the feature `tnum`."""
    gsub = font["GSUB"].table
    wanted = {
        index
        for record in gsub.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    for index in sorted(wanted):
        for table in gsub.LookupList.Lookup[index].SubTable:
            yield getattr(table, "ExtSubTable", table)


def add_narrow_space(font):
    """An empty glyph for U+202F, which every French number needs."""
    name = "uni202F"
    font.ensureDecompiled()  # tables read lazily would find one glyph too many
    font.setGlyphOrder(font.getGlyphOrder() + [name])
    font["glyf"].glyphs[name] = Glyph()
    font["glyf"].glyphOrder = font.getGlyphOrder()
    font["hmtx"].metrics[name] = (round(NARROW_SPACE_EM * font["head"].unitsPerEm), 0)
    font["gvar"].variations[name] = []
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[NARROW_SPACE] = name
    # HVAR without the new glyph would vary its width; the advances come from gvar's phantom points instead.
    del font["HVAR"]


def rename(font, weight_name):
    """One family name of ours, so that an installed Inter without the repairs is never taken for it."""
    names = font["name"]
    full = f"{FAMILY} {weight_name}".strip()
    postscript = full.replace(" ", "") if weight_name else FAMILY.replace(" ", "")
    for record in list(names.names):
        if record.nameID in (1, 16):
            names.setName(FAMILY, record.nameID, record.platformID, record.platEncID, record.langID)
        elif record.nameID in (3, 4, 6):
            text = postscript if record.nameID == 6 else full
            names.setName(text, record.nameID, record.platformID, record.platEncID, record.langID)


def subset(font, features):
    options = Options()
    options.layout_features = features
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS + [NARROW_SPACE])
    subsetter.subset(font)


def repaired(source):
    font = TTFont(source, recalcTimestamp=False)
    for table in tabular_tables(font):
        table.mapping = {key: value for key, value in table.mapping.items() if key in TABULAR}
    add_narrow_space(font)
    return font


def write_variable(source, target):
    font = repaired(source)
    subset(font, ["kern", "tnum"])
    font = instancer.instantiateVariableFont(font, {"wght": (400, 400, 700)})
    rename(font, "")
    font.flavor = "woff2"
    font.save(target)


def write_static(source, weight, weight_name, target):
    """A static instance whose digits are the tabular ones: it serves the measurer and the rasteriser."""
    font = repaired(source)
    wide = {key: value for table in tabular_tables(font) for key, value in table.mapping.items()}
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap = {code: wide.get(name, name) for code, name in table.cmap.items()}
    subset(font, ["kern"])
    font = instancer.instantiateVariableFont(font, {"wght": weight})
    rename(font, weight_name)
    font["OS/2"].usWeightClass = weight
    font.flavor = None
    font.save(target)


def main():
    source, licence = sys.argv[1:3]
    write_variable(source, HERE / "inter-chalandise.woff2")
    write_static(source, 400, "Regular", CHART / "inter-chalandise-400.ttf")
    write_static(source, 600, "SemiBold", CHART / "inter-chalandise-600.ttf")
    text = Path(licence).read_text(encoding="utf-8")
    (HERE / "OFL.txt").write_text(text, encoding="utf-8")
    (CHART / "OFL.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
