"""Adds what stays of a person who was erased: that they were there, and that they opted out."""

from typing import Any

TABLES = """
ALTER TABLE contractors
    ADD COLUMN erased_at TIMESTAMPTZ,
    ADD COLUMN erased_reach VARCHAR(255),
    ADD CONSTRAINT erased_reach_known
        CHECK (erased_reach IN ('textable', 'unreachable', 'opted_out'));
CREATE TABLE erased_opt_outs (
    id SERIAL NOT NULL PRIMARY KEY,
    phone_hash VARCHAR(64) NOT NULL,
    key_mark VARCHAR(64) NOT NULL,
    opted_out_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX erased_opt_outs_phone_hash ON erased_opt_outs (phone_hash);
"""

# HMAC-SHA256 by the inner and outer key that each of our connections brings along; NULL without.
HASH = """
CREATE FUNCTION erasure_hash(what text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    pads text := coalesce(current_setting('peer_matching.erasure_key', true), '');
BEGIN
    IF pads = '' THEN
        RETURN NULL;
    END IF;
    RETURN encode(sha256(decode(substr(pads, 129), 'hex')
        || sha256(decode(left(pads, 128), 'hex') || convert_to(what, 'UTF8'))), 'hex');
END
$$;
"""

# A trigger, because imports, admins, replies and plain SQL all bring phones. Whoever opted out
# before they were erased is on the ordinary list from the moment their phone is here again, so
# that everything which asks that list needs to know of nothing else. Without the key nobody could
# tell: then no phone comes in, but for what people write to us.
RECALL = """
CREATE FUNCTION recall_opt_out() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mark text;
BEGIN
    SELECT key_mark INTO mark FROM erased_opt_outs LIMIT 1;
    IF mark IS NULL THEN
        RETURN NULL;
    END IF;
    IF mark IS DISTINCT FROM erasure_hash('mark') THEN
        IF TG_NARGS > 0 THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'ERASURE_KEY is not the one that opt-outs of erased people are kept under'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH recalled AS (
        DELETE FROM erased_opt_outs WHERE phone_hash = erasure_hash(NEW.phone)
        RETURNING opted_out_at
    )
    INSERT INTO sms_opt_outs (phone, opted_out_at, source)
    SELECT NEW.phone, opted_out_at, 'opted out before they were erased' FROM recalled
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER recall_opt_out AFTER INSERT OR UPDATE OF phone ON contractors FOR EACH ROW
    WHEN (NEW.phone <> '')
    EXECUTE FUNCTION recall_opt_out();
CREATE TRIGGER recall_opt_out AFTER INSERT ON event_messages FOR EACH ROW
    WHEN (NEW.contractor_id IS NULL AND NEW.phone <> '' AND NEW.direction = 'outbound')
    EXECUTE FUNCTION recall_opt_out();
CREATE TRIGGER recall_opt_out_of_reply AFTER INSERT ON event_messages FOR EACH ROW
    WHEN (NEW.contractor_id IS NULL AND NEW.phone <> '' AND NEW.direction = 'inbound')
    EXECUTE FUNCTION recall_opt_out('reply');
"""

# A reply is stored by one statement, which sees the tables as they were before it waited for the
# phone; what a trigger reads is as it is then. Whoever was erased meanwhile is nobody we know.
STRANGER = """
CREATE FUNCTION forget_erased_sender() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM contractors WHERE id = NEW.contractor_id AND erased_at IS NOT NULL) THEN
        NEW.contractor_id := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER forget_erased_sender BEFORE INSERT ON event_messages FOR EACH ROW
    WHEN (NEW.contractor_id IS NOT NULL AND NEW.direction = 'inbound')
    EXECUTE FUNCTION forget_erased_sender();
"""

# An import or a form may have read the person just before they were erased.
STAY = """
CREATE FUNCTION stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'contractor %% was erased', OLD.id USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER stay_erased BEFORE UPDATE ON contractors FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL)
    EXECUTE FUNCTION stay_erased();
"""


def up(migrator: Any, db: Any) -> None:
    for statement in (TABLES, HASH, RECALL, STRANGER, STAY):
        db.execute_sql(statement)
