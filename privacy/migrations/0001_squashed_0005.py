import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('privacy', '0001_initial'),
        ('privacy', '0002_consent_ledger'),
        ('privacy', '0003_known_addresses'),
        ('privacy', '0004_subject_requests'),
        ('privacy', '0005_status_callbacks'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.UUIDField()),
                ('purpose', models.CharField(choices=[('profiling', 'profiling from their own words and orders'), ('email', 'marketing by email'), ('sms', 'marketing by SMS'), ('push', 'marketing by push message'), ('assistant', 'answers that use their profile')], max_length=20)),
                ('is_given', models.BooleanField()),
                ('since', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subject_id', 'purpose'), name='consent_once')],
            },
        ),
        migrations.CreateModel(
            name='ConsentEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.UUIDField(db_index=True)),
                ('purpose', models.CharField(choices=[('profiling', 'profiling from their own words and orders'), ('email', 'marketing by email'), ('sms', 'marketing by SMS'), ('push', 'marketing by push message'), ('assistant', 'answers that use their profile')], max_length=20)),
                ('is_given', models.BooleanField()),
                ('occurred_at', models.DateTimeField(help_text='When they said it.')),
                ('source', models.CharField(help_text="Where they said it, e.g. a form with its version, an event's id.", max_length=200)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('recorded_by', models.CharField(blank=True, help_text='The user or key that told us.', max_length=150)),
            ],
            options={
                'verbose_name_plural': 'consent entries',
                'ordering': ['-occurred_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('subject_id', 'purpose', 'occurred_at', 'source'), name='consent_entry_once'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='consent_has_a_source')],
            },
        ),
        migrations.CreateModel(
            name='KnownAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='See `privacy.addresses`.', max_length=64)),
                ('subject_id', models.UUIDField(unique=True)),
                ('unit_id', models.CharField(help_text='What the shop calls the subject.', max_length=200)),
                ('rank', models.BigIntegerField(help_text='Of subjects who share an address, the lowest is meant.')),
            ],
            options={
                'verbose_name_plural': 'known addresses',
                'indexes': [models.Index(fields=['digest', 'rank'], name='address_by_digest'), models.Index(fields=['unit_id'], name='address_by_unit')],
            },
        ),
        migrations.CreateModel(
            name='SubjectRequest',
            fields=[
                ('id', models.UUIDField(help_text="The asker's own id of the request.", primary_key=True, serialize=False)),
                ('type', models.CharField(choices=[('access', 'Access'), ('portability', 'Portability'), ('erasure', 'Erasure')], max_length=15)),
                ('regulation', models.CharField(max_length=10)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('in_progress', 'in progress'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], default='pending', max_length=15)),
                ('identities', models.JSONField(help_text='Who it is about: raw until it is worked on, keyed hashes afterwards.')),
                ('submitted_at', models.DateTimeField(help_text='When the subject asked.')),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('due_at', models.DateTimeField(help_text='When the law wants it done.')),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('receipt', models.JSONField(default=dict, help_text='How many subjects were found, and rows per holder.')),
                ('export', models.JSONField(blank=True, help_text='For access: until it expires.', null=True)),
                ('requested_by', models.CharField(blank=True, max_length=150)),
                ('callbacks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2000), blank=True, default=list, help_text='Addresses that are told of every new status.', size=None)),
            ],
            options={
                'ordering': ['-received_at'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['pending', 'in_progress'])), fields=['received_at'], name='subject_request_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'completed'), _negated=True), ('completed_at__isnull', False), _connector='OR'), name='subject_request_completed_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'in_progress'), _negated=True), ('claimed_at__isnull', False), _connector='OR'), name='subject_request_in_progress_is_claimed')],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.UUIDField()),
                ('channel', models.CharField(choices=[('all', 'all channels'), ('email', 'Email'), ('sms', 'SMS'), ('push', 'Push')], default='all', max_length=10)),
                ('reason', models.CharField(choices=[('unsubscribed', 'Unsubscribed'), ('bounced', 'Bounced'), ('complained', 'Complained'), ('manual', 'added by a person'), ('erased', 'asked to be erased')], max_length=20)),
                ('source', models.CharField(blank=True, help_text="What said so, e.g. an event's id.", max_length=100)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subject_id', 'channel'), name='suppression_once_per_channel'), models.CheckConstraint(condition=models.Q(('reason__in', ['unsubscribed', 'bounced', 'complained', 'manual', 'erased'])), name='suppression_reason_is_known')],
            },
        ),
    ]
