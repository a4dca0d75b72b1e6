"""What the cross-correlation page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from ui import kit

SCENARIOS: Final = ()
READING: Final = "x"
MATHEMATICS: Final = "x"
REFERENCES: Final = ()
