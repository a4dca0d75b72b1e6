"""Tables as people have them: read, looked at, and put into roles.

Points for a regression, of which the page makes a sorted sample:

    points = kit.OwnTable(kit.tables.Points(rows=5_000), kit.TextArea("Points", BISHOP, 6, help=…), upload=1)
    view.points.x, view.points.y        # arrays, in the order of the rows; x may repeat

A page that lets its reader edit the points gives `pandas.DataFrame({"x": …, "y": …})` to `st.data_editor`, and puts
`kit.tables.written(x, y)` into the key of the declared text: the part reads it back and the address carries it.

Rows with a label of two classes, of which the demo standardizes the features:

    rows = kit.OwnTable(kit.tables.Classes(features=200), kit.TextArea("Rows", EXAMPLE, 6, help=…), upload=5)
    view.rows.features, view.rows.label   # (n, features) and 0 or 1, where 1 is view.rows.minority

Points in up to six classes: `kit.tables.Groups()` gives `x` (n, 2), `y` (n,) from 0, and the names.

Without a reader: `tables.Points().take(tables.read(text, rows=5_000, cells=1_000_000))`.
"""

from ui.kit.tables.part import OwnTable
from ui.kit.tables.reading import Table, read
from ui.kit.tables.roles import Classes, Grouped, Groups, Labelled, Pointed, Points, written

__all__ = ["Classes", "Grouped", "Groups", "Labelled", "OwnTable", "Pointed", "Points", "Table", "read", "written"]
