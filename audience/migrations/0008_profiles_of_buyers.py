from django.db import migrations, models
from pgvector.django import VectorField

from audience.migrations._compact_vectors import KEEP_COMPACT

KEEP_ALL = """
CREATE OR REPLACE FUNCTION audience_keep_compact_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM audience_compactvector WHERE contact_id = OLD.contact_id;
    ELSE
        INSERT INTO audience_compactvector (contact_id, vector)
        VALUES (NEW.contact_id, NEW.vector::halfvec(384))
        ON CONFLICT (contact_id) DO UPDATE SET vector = excluded.vector;
    END IF;
    RETURN NULL;
END $$;
DELETE FROM audience_profile WHERE text_count = 0;
"""


class Migration(migrations.Migration):
    dependencies = [("audience", "0007_fitted_heads")]

    operations = [
        migrations.RemoveConstraint(model_name="profile", name="profile_rests_on_texts"),
        migrations.AlterField(
            model_name="profile",
            name="categories",
            field=models.JSONField(
                default=dict, help_text="Share of their texts per shop category; without texts, of what they bought."
            ),
        ),
        migrations.AlterField(
            model_name="profile",
            name="last_text_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="profile",
            name="sentiment",
            field=models.FloatField(
                blank=True,
                help_text="−1 (unhappy) to 1 (happy), over all their texts.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="profile",
            name="vector",
            field=VectorField(dimensions=384, null=True),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_text_at__isnull", False),
                    ("sentiment__isnull", False),
                    ("text_count__gt", 0),
                    ("vector__isnull", False),
                )
                | models.Q(
                    ("last_text_at__isnull", True),
                    ("text_count", 0),
                    ("vector__isnull", True),
                ),
                name="profile_of_texts_has_a_vector",
            ),
        ),
        migrations.RunSQL(KEEP_COMPACT, KEEP_ALL),
    ]
