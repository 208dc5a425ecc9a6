"""Every colour of the program, by role: the only place with hex values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#RRGGBB`` by role; ``on_x`` is the ink on top of a fill of colour x.

    Surfaces run from the back (`canvas`) to the front (`selected`). `line` separates, `line_strong`
    outlines a button, `line_control` outlines a field at 3:1. `accent` means active and nothing
    else. `onset`, `apex` and `offset` keep their hue in both themes; coders, `gamdss` and
    `prediction` say who.
    """

    name: str
    canvas: str
    window: str
    panel: str
    plot: str
    field: str
    raised: str
    hover: str
    pressed: str
    selected: str
    line: str
    line_strong: str
    line_control: str
    text: str
    text_2: str
    text_3: str
    text_off: str
    accent: str
    accent_hover: str
    on_accent: str
    ok: str
    warn: str
    error: str
    onset: str
    apex: str
    offset: str
    on_mark: str
    coder_a: str
    coder_b: str
    coder_c: str
    coder_d: str
    coder_e: str
    coder_f: str
    coder_g: str
    coder_h: str
    gamdss: str
    prediction: str
    curve: str
    curve_2: str


DARK = Palette(
    name="dark",
    canvas="#0D0E10",  # neutral on purpose: it must not tint what the coder judges
    window="#131518",
    panel="#1A1D21",
    plot="#15171B",
    field="#121417",
    raised="#24282E",
    hover="#2C3138",
    pressed="#363C45",
    selected="#28325A",
    line="#282C32",
    line_strong="#3A4048",
    line_control="#6F7782",
    text="#E8EAED",
    text_2="#B3B9C2",
    text_3="#8F97A3",
    text_off="#5C636D",
    accent="#8AA0FF",
    accent_hover="#A1B3FF",
    on_accent="#0E1330",
    ok="#5CC98C",
    warn="#FF9F5A",
    error="#FF7B7B",
    onset="#36ACF2",
    apex="#FBC331",
    offset="#F5477F",
    on_mark="#101215",
    coder_a="#B7A2F2",
    coder_b="#FD978B",
    coder_c="#749065",
    coder_d="#81E5FE",
    coder_e="#C09E36",
    coder_f="#B176A7",
    coder_g="#608CD9",
    coder_h="#CFDD91",
    gamdss="#45CDB5",
    prediction="#9FB2C8",
    curve="#D5DAE1",
    curve_2="#7C8794",
)

LIGHT = Palette(
    name="light",
    canvas="#D3D6DA",
    window="#E9EBEE",
    panel="#FBFBFC",
    plot="#FFFFFF",
    field="#FFFFFF",
    raised="#EEF0F3",
    hover="#E4E7EB",
    pressed="#D8DCE2",
    selected="#DDE3FF",
    line="#DFE2E6",
    line_strong="#C5CAD1",
    line_control="#7C838E",
    text="#171A1E",
    text_2="#444B55",
    text_3="#5F6772",
    text_off="#A3A9B2",
    accent="#3F55D6",
    accent_hover="#3246BE",
    on_accent="#FFFFFF",
    ok="#176B3E",
    warn="#984700",
    error="#B8242F",
    onset="#1577C8",
    apex="#A06900",
    offset="#8A1552",
    on_mark="#FFFFFF",
    coder_a="#6A4FC4",
    coder_b="#A4454D",
    coder_c="#324938",
    coder_d="#21488E",
    coder_e="#804B0E",
    coder_f="#612567",
    coder_g="#634F79",
    coder_h="#762005",
    gamdss="#077262",
    prediction="#56708F",
    curve="#2B3138",
    curve_2="#858E9A",
)

PALETTES = {palette.name: palette for palette in (DARK, LIGHT)}
