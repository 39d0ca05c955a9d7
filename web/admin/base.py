"""Owns the view that every table's view inherits: guarded, hardened, and read-only by default."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request
from flask_admin import expose
from markupsafe import Markup
from peewee import Model
from wtforms import BooleanField

from models.admin_user import Role
from web.admin.converter import Converter
from web.admin.forms import NO_TOKEN, DeskForm, ZonedDateTimeField
from web.admin.guard import GuardedView
from web.admin.inline import RowsConverter
from web.admin.labels import column_label
from web.admin.present import badge, cell, record_label, zone_of
from web.admin.saving import SavingView

NOTHING_FITS = "Nothing fits the search and filters. Loosen them, or show everything."


class GuardedModelView(GuardedView, SavingView):
    """One table. Nobody creates, edits or deletes unless the view opts in and the role allows.

    Attributes
    ----------
    allows_create, allows_edit, allows_delete : bool
        What people with `change_role` may do here.
    sections : sequence of (heading, field names)
        The form, in order.
    pickers : sequence of Picker
        One for every foreign key in the form.
    fixed_after_creation : sequence of str
        Fields that an edit shows but can not change.
    empty_message : str
        What an empty list says to do.
    adds_more : bool
        Whether the form of a new row offers to go on with another.
    bulk : sequence of Bulk
        What can be done to many lines at once; `web.admin.bulk` has the pages for it.
    """

    allows_create = False
    allows_edit = False
    allows_delete = False
    adds_more = True
    can_view_details = True
    can_set_page_size = True
    page_size = 50
    page_size_options = (20, 50, 100, 200)
    sections: Sequence[tuple[str, Sequence[str]]] = ()
    pickers: Sequence[Any] = ()
    fixed_after_creation: Sequence[str] = ()
    empty_message = "Nothing here yet."
    noun = "record"
    bulk: Sequence[Any] = ()
    intro = ""

    form_base_class = DeskForm
    model_form_converter = Converter
    inline_model_form_converter = RowsConverter
    list_template = "desk/list.html"
    create_template = "desk/form.html"
    edit_template = "desk/form.html"
    details_template = "desk/details.html"
    action_disallowed_list = ("delete",)
    column_formatters: dict[str, Any] = {}

    def __init__(self, model: type[Model], name: str, endpoint: str, category: str) -> None:
        self.column_formatters = {**self._badges(), **self.column_formatters}
        self.column_formatters_detail = dict(self.column_formatters)
        found = [flt.picker for flt in self.column_filters or () if hasattr(flt, "picker")]
        self.form_ajax_refs = {picker.name: picker for picker in (*found, *self.pickers)}
        if self.sections:
            self.form_columns = [field for _, fields in self.sections for field in fields]
        super().__init__(model, name, category=category, endpoint=endpoint, url=endpoint)

    def _badges(self) -> dict[str, Any]:
        def formatter(name: str) -> Any:
            return lambda row: badge(getattr(row, name)) if getattr(row, name) else None

        return {name: formatter(name) for name in self.badge_columns}

    @property
    def can_create(self) -> bool:
        """Whether whoever asks may add rows."""
        return self.allows_create and self.may_change()

    @property
    def can_edit(self) -> bool:
        """Whether whoever asks may change rows."""
        return self.allows_edit and self.may_change()

    @property
    def can_delete(self) -> bool:
        """Whether whoever asks may delete rows."""
        return self.allows_delete and self.may_change()

    @property
    def can_export(self) -> bool:
        """Whether whoever asks may take the list along: its people's data, as many as there are."""
        return self.may_change()

    def is_action_allowed(self, name: str) -> bool:
        """Refuse every bulk action; none is needed yet."""
        return False

    def get_column_name(self, field: str) -> str:
        """Return what the column is called on the page."""
        labels = self.column_labels or {}
        return str(labels.get(field) or column_label(field))

    def scaffold_form(self) -> Any:
        """Return an empty form for tables that nobody edits."""
        if not (self.allows_create or self.allows_edit):
            return type("NoForm", (self.form_base_class,), {})
        return super().scaffold_form()

    def create_form(self, obj: Any = None) -> Any:
        """Return the form for a new row; an address may choose its event or contractor."""
        form = super().create_form(obj)
        if request.method == "GET":
            for picker in self.pickers:
                chosen = picker.get_one(request.args.get(picker.name, ""))
                if chosen is not None and picker.name in form:
                    form[picker.name].data = chosen
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """Return the form without what is settled once the row exists."""
        form = super().edit_form(obj)
        for name in self.fixed_after_creation:
            del form[name]
        for field in form:
            if isinstance(field, ZonedDateTimeField):
                field.description = f"In the zone of {form.zone().key.replace('_', ' ')}."
        return form

    def get_empty_list_message(self) -> str:
        """Return what an empty list says."""
        narrowed = any(value for key, value in request.args.items() if key != "page_size")
        return NOTHING_FITS if narrowed else self.empty_message

    def empty_words(self) -> tuple[str, str]:
        """Return that the list is empty, and what to do about it."""
        found, _, hint = self.get_empty_list_message().partition(". ")
        return found.removesuffix("."), hint

    def form_groups(self, form: Any) -> list[tuple[str, list[Any]]]:
        """Return the form's fields as the page shows them."""
        groups = [(title, [form[n] for n in names if n in form]) for title, names in self.sections]
        return [(title, fields) for title, fields in groups if fields]

    def fixed_values(self, row: Any) -> list[tuple[str, Any]]:
        """Return what an edit shows of the fields that it can not change."""
        names = [*self.fixed_after_creation]
        return [(self.get_column_name(name), self.detail(row, name)) for name in names]

    def detail(self, row: Any, name: str) -> Any:
        """Return one value as the details page shows it."""
        formatters = self.column_formatters_detail
        return self._get_list_value(None, row, name, formatters, {})

    def row_label(self, row: Any, name: str) -> Any:
        """Return the text of a line's first cell, which links to the row itself."""
        formatter = self.column_formatters.get(name)
        value = formatter(row) if formatter else self._get_field_value(row, name)
        return cell(record_label(value) if isinstance(value, Model) else value, zone_of(row))

    def title_of(self, row: Any) -> str:
        """Return what the page of this row is headed with."""
        return record_label(row)

    def story(self, row: Any) -> list[str]:
        """Return paragraphs that explain the row above its facts."""
        return []

    def timeline(self, row: Any) -> list[Any]:
        """Return the moments (`models.match_story.Moment`) of what happened to the row."""
        return []

    def zone_for(self, row: Any) -> ZoneInfo:
        """Return the zone that the row's times are shown in."""
        return zone_of(row)

    def buttons(self, row: Any) -> list[tuple[str, str, bool]]:
        """Return (text, address, whether it is grave) of what can be done with this row."""
        return []

    def list_links(self) -> list[tuple[str, str]]:
        """Return (text, address) of what else whoever looks may do from the list."""
        return []

    def related_links(self, row: Any) -> list[tuple[str, str]]:
        """Return (text, address) of lists that belong to this row."""
        return []

    def render(self, template: str, **kwargs: Any) -> str:
        """Return the page, which can make a delete button for any row."""
        return super().render(template, delete_form_for=self._delete_fields, **kwargs)

    def _delete_fields(self, row: Any) -> Markup:
        form = self._delete_form_class()
        return Markup("{}{}").format(form.csrf_token, form.id(value=row.id))

    def is_checkbox(self, field: Any) -> bool:
        """Whether the page shows the field as a tick."""
        return isinstance(field, BooleanField)

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        """Delete one row; without `confirmed` from the page's question, ask first."""
        form = self.delete_form()
        if not self.validate_form(form):
            abort(400, NO_TOKEN)
        row = self.get_one(form.id.data)
        if request.form.get("confirmed") != "yes":
            return self.render("desk/confirm_delete.html", model=row, delete_form=form)
        if self.delete_model(row):
            flash(f"Deleted: {self.title_of(row)}.", "success")
            return redirect(self.get_url(".index_view"))
        return redirect(self.get_url(".details_view", id=row.id))

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        """Lists are not edited in place."""
        abort(404)


class HistoryView(GuardedModelView):
    """A table that people may read, and never create in or delete from."""

    allows_create = False
    allows_delete = False


class AdminOnly:
    """Mixed into the views that only admins open."""

    look_role = Role.ADMIN
    change_role = Role.ADMIN
