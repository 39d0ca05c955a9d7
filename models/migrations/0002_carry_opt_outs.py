"""Lets an opt-out go with its owner: whoever gives a new phone has opted out with that one too."""

from typing import Any

# A trigger, because an import, an admin and plain SQL all change phones. Only START lifts an
# opt-out; a number that changes must not. The old number stays on the list: it may be shared.
CARRY = """
CREATE FUNCTION carry_opt_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sms_opt_outs (phone, source)
    SELECT NEW.phone, left('moved from another phone: ' || coalesce(source, ''), 255)
    FROM sms_opt_outs WHERE phone = OLD.phone AND lifted_at IS NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER carry_opt_out AFTER UPDATE OF phone ON contractors FOR EACH ROW
    WHEN (OLD.phone <> NEW.phone AND NEW.phone <> '')
    EXECUTE FUNCTION carry_opt_out();
"""


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(CARRY)
