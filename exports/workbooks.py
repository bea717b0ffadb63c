"""What the outbound workbooks about one format share: colours, headings, and the sheets that our own reader passes over."""

from __future__ import annotations

from openpyxl.styles import Alignment, Font, PatternFill

from imports.problems import Severity

HEAD_FONT, HEAD_FILL = Font(bold=True, color="FF13223C"), PatternFill("solid", fgColor="FFE4EAF3")
REQUIRED_FILL = PatternFill("solid", fgColor="FFFDECD8")
WRAPPED = Alignment(wrap_text=True, vertical="top")
FILLS = {
    Severity.PROBLEM: PatternFill("solid", fgColor="FFF8C9C7"),
    Severity.NOTICE: PatternFill("solid", fgColor="FFFFF0C2"),
    Severity.FINDING: PatternFill("solid", fgColor="FFDCE9FA"),
}
AUTHOR = "OHS"
