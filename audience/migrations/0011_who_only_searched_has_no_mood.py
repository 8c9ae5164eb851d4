from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audience", "0010_opinions")]

    operations = [
        migrations.RemoveConstraint("profile", "profile_of_texts_has_a_vector"),
        migrations.AddConstraint(
            "profile",
            models.CheckConstraint(
                condition=models.Q(
                    ("last_text_at__isnull", False),
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
    ]
