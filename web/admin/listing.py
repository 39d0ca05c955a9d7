"""Owns reading for the lists: joined once, searched, filtered, sorted, counted and paged."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import abort, flash, request
from flask_admin.contrib.peewee import ModelView
from flask_admin.model.base import ViewArgs
from peewee import JOIN, Model

from web.admin.filters import DeskFilter
from web.admin.guard import record_id
from web.admin.present import cell, zone_of
from web.admin.seeking import MOST_SKIPPED, default_field, edge_of_request, page_from

MOST_PAGES = 100_000
# Beyond this nobody needs the exact number, and PostgreSQL would read every row to tell it.
MOST_COUNTED = 10_000
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

    Attributes
    ----------
    narrow_sorts : sequence of str
        Columns that no index sorts by, in a table that may have millions of rows: only lists of
        up to `MOST_COUNTED` are sorted by them.
    """

    joins: Sequence[Join] = ()
    search_columns: Sequence[Any] = ()
    phone_column: Any = None
    badge_columns: Sequence[str] = ()
    default_order: Sequence[Any] = ()
    narrow_sorts: Sequence[str] = ()

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
        """Return how many rows fit, one more than `MOST_COUNTED` for more, and a page of them."""
        query = self.narrowed(search, filters)
        count = query.limit(MOST_COUNTED + 1).count()
        if sort_column in self.narrow_sorts and count > MOST_COUNTED:
            flash("Too many to be sorted like that: choose an event or a person first.", "warning")
            sort_column = None
        size = page_size or self.page_size
        ids = self._page_ids(query, sort_column, bool(sort_desc), (page or 0) * size, size)
        return count, self.rows_of(ids)

    def narrowed(self, search: str | None, filters: Any) -> Any:
        """Return the query of the rows that fit, without order."""
        query = self.get_query()
        for index, _name, value in filters or ():
            flt: DeskFilter = self._filters[index]
            query = flt.apply(query, flt.clean(value))
        return self._searched(query, search or "")

    def ids_of(self, query: Any, sort_column: str | None, descending: bool, most: int) -> list[int]:
        """Return the ids of up to so many rows, in order."""
        return self._page_ids(query, sort_column, descending, 0, most)

    def rows_of(self, ids: Sequence[int]) -> list[Model]:
        """Return the rows with these ids, in their order, with what a line shows of others."""
        if not ids:
            return []
        found = {row.id: row for row in self.get_query().where(self.model.id.in_(ids))}
        return [found[key] for key in ids if key in found]

    def _page_ids(
        self, query: Any, sort_column: str | None, descending: bool, start: int, size: int
    ) -> list[int]:
        """Return the ids of one page: an index alone tells them, however far back it is."""
        field = self._sort_field(sort_column)
        ids = query.select(self.model.id)
        edge = edge_of_request() if start else None
        seen_by = default_field(self.model, self.default_order) if field is None else field
        if edge is not None and seen_by is not None:
            found = page_from(ids, self.model, seen_by, descending or field is None, edge, size)
            if found is not None:
                return found
        if start > MOST_SKIPPED:
            abort(404, "That far back, only “Next” goes on; or turn the order round.")
        ids = ids.limit(size).offset(start).tuples()
        if field is None:
            page = ids.order_by(*self.default_order, self.model.id.desc())
            return [key for (key,) in page]
        order = [field.desc(), self.model.id.desc()] if descending else [field, self.model.id]
        # Rows without a value come last, whichever way; those with one can be read from an index.
        found = [key for (key,) in ids.where(field.is_null(False)).order_by(*order)]
        if len(found) == size:
            return found
        nulls_last = [field.desc(nulls="last"), self.model.id.desc()]
        if not descending:
            nulls_last = [field.asc(nulls="last"), self.model.id]
        return [key for (key,) in ids.order_by(*nulls_last)]

    def _sort_field(self, sort_column: str | None) -> Any:
        field = self._sortable_columns.get(sort_column) if sort_column else None
        return getattr(self.model, field) if isinstance(field, str) else field

    def is_cut(self, count: int) -> bool:
        """Whether there are more rows than were counted."""
        return count > MOST_COUNTED

    def count_words(self, count: int) -> str:
        """Return how many rows fit, as the page says it."""
        return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"

    def search_note(self) -> str:
        """Return what a search does not look through, if anything."""
        return ""

    def _searched(self, query: Any, search: str) -> Any:
        digits = search.translate(_PHONE_MARKS)
        if self.phone_column is not None and digits.isdecimal() and len(digits) >= 4:
            return self.by_phone(query, digits)
        words = search.split()[:8]
        return self.by_words(query, words) if words and self.search_columns else query

    def by_phone(self, query: Any, digits: str) -> Any:
        """Return the rows whose phone holds the digits."""
        return query.where(self.phone_column.contains(digits))

    def by_words(self, query: Any, words: list[str]) -> Any:
        """Return the rows that hold every word in any of the columns that are searched."""
        for word in words:
            condition = self.search_columns[0].contains(word)
            for column in self.search_columns[1:]:
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
