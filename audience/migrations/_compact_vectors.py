"""Each profile's vector in half the bytes, kept beside it by a trigger: what a migration runs."""

KEEP_COMPACT = """
CREATE OR REPLACE FUNCTION audience_keep_compact_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM audience_compactvector WHERE contact_id = OLD.contact_id;
    ELSIF NEW.vector IS NULL THEN
        DELETE FROM audience_compactvector WHERE contact_id = NEW.contact_id;
    ELSE
        INSERT INTO audience_compactvector (contact_id, vector)
        VALUES (NEW.contact_id, NEW.vector::halfvec(384))
        ON CONFLICT (contact_id) DO UPDATE SET vector = excluded.vector;
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER audience_compact_vector
AFTER INSERT OR DELETE OR UPDATE OF vector ON audience_profile
FOR EACH ROW EXECUTE FUNCTION audience_keep_compact_vector();
"""
DROP_COMPACT = """
DROP TRIGGER audience_compact_vector ON audience_profile;
DROP FUNCTION audience_keep_compact_vector();
"""
