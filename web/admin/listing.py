"""Owns reading for the lists: joined once, searched, filtered, sorted, paged and exported."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flask import Response, abort, flash, redirect, request
from flask_admin import expose
from flask_admin.contrib.peewee import ModelView
from flask_admin.model.base import ViewArgs
from peewee import JOIN, Model

from web.admin.filters import DeskFilter
from web.admin.guard import record_id
from web.admin.present import cell, export_value, zone_of
from web.csv_cells import MARK, csv_line

MOST_PAGES = 100_000
MOST_EXPORTED = 50_000
_PHONE_MARKS = str.maketrans("", "", "+-.() ")


class Join(NamedTuple):
    """A related table under an alias, always by LEFT JOIN.

    Attributes
    ----------
    attr : str
        The foreign key's name; the related row is attached there.
    source : peewee.Field
        The foreign key.
    alias : peewee.ModelAlias
        What it points at.
    columns : sequence of peewee.Field
        What the list shows of it, the id included.
    """

    attr: str
    source: Any
    alias: Any
    columns: Sequence[Any]


class ListingView(ModelView):
    """Stock lists join what they filter or sort by, and so lose or repeat rows, or fail.

    Here a view says once what it joins; searching, filtering and sorting only use it.
    """

    joins: Sequence[Join] = ()
    search_columns: Sequence[Any] = ()
    phone_column: Any = None
    badge_columns: Sequence[str] = ()
    default_order: Sequence[Any] = ()

    def get_query(self) -> Any:
        """Return the rows with everything that a line shows of related ones."""
        columns = [column for join in self.joins for column in join.columns]
        query = self.model.select(self.model, *columns)
        for join in self.joins:
            query = query.switch(self.model).join(
                join.alias, JOIN.LEFT_OUTER, on=(join.source == join.alias.id), attr=join.attr
            )
        return query

    def _handle_join(self, query: Any, field: Any, joins: Any) -> Any:
        return query

    def get_list(
        self,
        page: int | None,
        sort_column: str | None,
        sort_desc: bool | None,
        search: str | None,
        filters: Any,
        execute: bool = True,
        page_size: int | None = None,
    ) -> tuple[int, list[Model]]:
        """Return how many rows fit, and one page of them."""
        query = self._searched(self.get_query(), search or "")
        for index, _name, value in filters or ():
            flt: DeskFilter = self._filters[index]
            query = flt.apply(query, flt.clean(value))
        count = query.count()
        size = page_size or self.page_size
        query = query.order_by(*self._order(sort_column, bool(sort_desc)))
        return count, list(query.limit(size).offset((page or 0) * size))

    def _order(self, sort_column: str | None, descending: bool) -> list[Any]:
        field = self._sortable_columns.get(sort_column) if sort_column else None
        if field is None:
            return [*self.default_order, self.model.id.desc()]
        if isinstance(field, str):
            field = getattr(self.model, field)
        first = field.desc(nulls="last") if descending else field.asc(nulls="last")
        return [first, self.model.id.desc()]

    def _searched(self, query: Any, search: str) -> Any:
        digits = search.translate(_PHONE_MARKS)
        if self.phone_column is not None and digits.isdecimal() and len(digits) >= 4:
            return query.where(self.phone_column.contains(digits))
        columns = self.search_columns
        for word in search.split()[:8] if columns else ():
            condition = columns[0].contains(word)
            for column in columns[1:]:
                condition |= column.contains(word)
            query = query.where(condition)
        return query

    def init_search(self) -> bool:
        """Whether the page has a search box."""
        return bool(self.search_columns)

    def get_filter_arg(self, index: int, flt: Any) -> str:
        """Return the filter's name in the address."""
        return str(flt.key)

    def _get_list_filter_args(self) -> list[Any]:
        found = []
        for index, flt in enumerate(self._filters or ()):
            value = request.args.get(flt.key, "")
            if value and flt.validate(value):
                found.append((index, flt.name, value))
            elif value:
                flash(f"{flt.name} can not be “{value[:40]}”; the filter is left out.", "error")
        return found

    def _get_filters(self, filters: Any) -> dict[str, str]:
        return {self._filters[index].key: value for index, _name, value in filters or ()}

    def _get_list_extra_args(self) -> ViewArgs:
        # The stock method passes unknown parameters on to url_for, where `_scheme` is an error.
        try:
            numbers = {
                name: int(request.args.get(name) or 0) for name in ("page", "page_size", "desc")
            }
            sort = int(request.args["sort"]) if request.args.get("sort") else None
        except ValueError:
            abort(400, "The address holds a page or order that is no number.")
        if not 0 <= numbers["page"] < MOST_PAGES or not 0 <= numbers["page_size"] < MOST_PAGES:
            abort(404, "There is no such page.")
        return ViewArgs(
            page=numbers["page"],
            page_size=numbers["page_size"],
            sort=sort,
            sort_desc=1 if numbers["desc"] else None,
            search=request.args.get("search", "").strip() or None,
            filters=self._get_list_filter_args(),
            extra_args={},
        )

    def get_one(self, id: Any) -> Any:
        """Return one row; what is not the id of one answers 404."""
        # Without the list's joins, which attach related rows with some of their columns only.
        row = self.model.get_or_none(self.model.id == record_id(id))
        if row is None:
            abort(404, "There is no such record; somebody may have deleted it.")
        return row

    def _get_list_value(
        self, context: Any, model: Any, name: str, column_formatters: Any, type_formatters: Any
    ) -> Any:
        formatter = column_formatters.get(name)
        value = formatter(model) if formatter else self._get_field_value(model, name)
        full = column_formatters is self.column_formatters_detail
        return cell(value, zone_of(model), full=full)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """Send what the list shows, all pages of it, as CSV that no spreadsheet runs."""
        if export_type != "csv":
            abort(404, "Only CSV is exported.")
        args = self._get_list_extra_args()
        column = self._get_column_by_idx(args.sort)
        count, rows = self.get_list(
            0,
            column[0] if column else None,
            bool(args.sort_desc),
            args.search,
            args.filters,
            page_size=MOST_EXPORTED,
        )
        if count > MOST_EXPORTED:
            flash(f"{count:,} rows are too many for one file; narrow the list first.", "error")
            return redirect(self._get_list_url(args))
        name = f"{self.endpoint}.csv"
        return Response(
            self._csv_lines(rows),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _csv_lines(self, rows: list[Any]) -> Iterator[str]:
        yield MARK + csv_line(label for _, label in self._export_columns)
        for row in rows:
            zone = zone_of(row)
            values = (self._get_field_value(row, name) for name, _ in self._export_columns)
            yield csv_line(export_value(value, zone) for value in values)
