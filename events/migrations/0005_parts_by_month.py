"""The log in parts, one a month of `received_at`; what is there once, in a table of its own."""

import django.contrib.postgres.indexes
from django.db import migrations, models

from events.migrations._parts import into_one, into_parts


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0004_events_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventSeen',
            fields=[
                ('digest', models.UUIDField(primary_key=True, serialize=False)),
                ('month', models.DateField(help_text='The month it came in: the first day.')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['month'], name='event_seen_by_month')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(into_parts, into_one)],
            state_operations=[migrations.RemoveConstraint(model_name='event', name='event_stored_once')],
        ),
    ]
