"""Archived plans, and which campaign came of which action."""

import django.db.models.deletion
from django.db import migrations, models


def campaigns_link(apps, schema_editor):
    """Until now the key of a campaign said which action it came of."""
    campaigns = apps.get_model("campaigns", "Campaign").objects
    actions = apps.get_model("campaigns", "PlanAction").objects.filter(segment__isnull=False)
    for action in actions.select_related("plan"):
        key = f"{action.plan.key}-{action.position}"
        came = campaigns.filter(key=key, segments=action.segment_id).first()
        if came is not None:
            action.campaign = came
            action.save(update_fields=["campaign"])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_plans")]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="archived_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="planaction",
            name="campaign",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("archived_at__isnull", True), ("status", "proven"), _connector="OR"),
                name="plan_archived_was_proven",
            ),
        ),
        migrations.RunPython(campaigns_link, migrations.RunPython.noop),
    ]
