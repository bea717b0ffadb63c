"""Rules of the database that table definitions cannot say: audit events are only added, and linked once."""

SQLITE = (
    """
    CREATE TRIGGER audit_event_is_kept BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END
    """,
    """
    CREATE TRIGGER audit_event_is_unchanged BEFORE UPDATE ON audit_event
    WHEN OLD.sequence IS NOT NULL OR NEW.sequence IS NULL OR NEW.link IS NULL
      OR OLD.id IS NOT NEW.id OR OLD.at IS NOT NEW.at OR OLD.event IS NOT NEW.event OR OLD.actor_id IS NOT NEW.actor_id
      OR OLD.actor IS NOT NEW.actor OR OLD.organisation_id IS NOT NEW.organisation_id OR OLD.address IS NOT NEW.address
      OR OLD.subject_type IS NOT NEW.subject_type OR OLD.subject_id IS NOT NEW.subject_id OR OLD.subject IS NOT NEW.subject
      OR OLD.before IS NOT NEW.before OR OLD.after IS NOT NEW.after OR OLD.reason IS NOT NEW.reason
    BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION audit_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'audit events are never deleted'; END IF;
      IF OLD.sequence IS NOT NULL OR NEW.sequence IS NULL OR NEW.link IS NULL
         OR (to_jsonb(OLD) - 'sequence' - 'link') IS DISTINCT FROM (to_jsonb(NEW) - 'sequence' - 'link') THEN
        RAISE EXCEPTION 'audit events are never changed';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_event_is_kept BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_guard()
    """,
    """
    CREATE FUNCTION audit_event_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit events are never deleted'; END $$
    """,
    """
    CREATE TRIGGER audit_event_is_not_emptied BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_no_truncate()
    """,
)
