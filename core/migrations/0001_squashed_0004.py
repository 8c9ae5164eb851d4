import core.webhooks.models
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('core', '0001_initial'),
        ('core', '0002_api_key_limits'),
        ('core', '0003_webhooks'),
        ('core', '0004_webhook_callbacks'),
    ]

    dependencies = [
        ('auth', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookMessage',
            fields=[
                ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('kind', models.CharField(db_index=True, max_length=80)),
                ('body', models.TextField()),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(help_text='Whose program it is.', max_length=100)),
                ('url', models.CharField(max_length=2000, verbose_name='address')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, help_text='What it is told; nothing chosen: everything.', size=None, verbose_name='events')),
                ('is_enabled', models.BooleanField(default=True)),
                ('is_callback', models.BooleanField(default=False, editable=False, help_text='Made by a request that named it; it is told what became of that, nothing else.')),
                ('disabled_because', models.CharField(blank=True, editable=False, max_length=200)),
                ('paused_until', models.DateTimeField(blank=True, editable=False, help_text='It asked to be left alone for so long.', null=True)),
                ('seed', models.CharField(default=core.webhooks.models.new_seed, editable=False, max_length=32)),
                ('old_seed', models.CharField(blank=True, editable=False, max_length=32)),
                ('old_seed_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'webhook',
                'constraints': [models.CheckConstraint(condition=models.Q(('old_seed', ''), ('old_seed_until__isnull', False), _connector='OR'), name='webhook_old_secret_ends'), models.UniqueConstraint(condition=models.Q(('is_callback', True)), fields=('url',), name='webhook_callback_once_per_address')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Who or what uses this key.', max_length=100)),
                ('prefix', models.CharField(editable=False, help_text="The key's first characters, to tell keys apart.", max_length=16)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('decide', 'ask for copy (decide)'), ('events', 'send events'), ('flags', 'read flags (safe to be seen in a browser)'), ('admin', 'import and manage')], max_length=20), size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('expires_at', models.DateTimeField(blank=True, help_text='From then on it opens nothing; empty: never.', null=True)),
                ('requests_per_minute', models.PositiveIntegerField(blank=True, help_text='More are refused; empty: no limit.', null=True)),
                ('replaces', models.ForeignKey(blank=True, editable=False, help_text='The key this one was made instead of.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaced_by', to='core.apikey')),
            ],
            options={
                'verbose_name': 'API key',
                'constraints': [models.CheckConstraint(condition=models.Q(('requests_per_minute__isnull', True), ('requests_per_minute__gt', 0), _connector='OR'), name='api_key_limit_lets_something_through'), models.CheckConstraint(condition=models.Q(('scopes__len__gt', 0)), name='api_key_has_a_scope')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('action', models.CharField(help_text="The service's name, e.g. variant_approve.", max_length=60)),
                ('target_type', models.CharField(max_length=60)),
                ('target_id', models.CharField(max_length=64)),
                ('detail', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='audit_by_target')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='core.webhookmessage')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='core.webhookendpoint')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'given up'), ('stopped', 'stopped: the endpoint was switched off')], default='waiting', max_length=10)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='webhook_delivery_is_due')],
                'constraints': [models.UniqueConstraint(fields=('message', 'endpoint'), name='webhook_delivery_once_per_endpoint'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'delivered'), _negated=True), ('delivered_at__isnull', False), _connector='OR'), name='webhook_delivered_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log', to='core.webhookdelivery')),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField()),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('outcome', models.CharField(max_length=300)),
                ('answer', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['delivery', '-at'],
            },
        ),
    ]
