"""Follows new phones: an opt-out goes with its owner, the old number's GHL contact does not."""

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


# GHL texts the contact it is told: with the old one, the text would go to the old number.
FORGET = """
CREATE FUNCTION forget_ghl_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ghl_contact_id := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER forget_ghl_contact BEFORE UPDATE OF phone ON contractors FOR EACH ROW
    WHEN (OLD.phone IS DISTINCT FROM NEW.phone
        AND OLD.ghl_contact_id IS NOT DISTINCT FROM NEW.ghl_contact_id)
    EXECUTE FUNCTION forget_ghl_contact();
"""


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(CARRY)
    db.execute_sql(FORGET)
