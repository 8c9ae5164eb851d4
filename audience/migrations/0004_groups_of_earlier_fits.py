"""The clusters that segments rest on, and those of the newest fit, become groups."""

from django.db import migrations


def groups_make(apps, _schema_editor):
    Cluster = apps.get_model("audience", "Cluster")
    ClusterIdentity = apps.get_model("audience", "ClusterIdentity")
    Clustering = apps.get_model("audience", "Clustering")
    newest = (
        Clustering.objects.exclude(finished_at=None).order_by("-finished_at", "-pk").first()
    )
    used = Cluster.objects.filter(segments__isnull=False) | Cluster.objects.filter(
        clustering=newest
    )
    for cluster in used.filter(identity=None).distinct():
        cluster.identity = ClusterIdentity.objects.create(
            name=cluster.name, portrait=cluster.portrait
        )
        cluster.save(update_fields=["identity"])


class Migration(migrations.Migration):
    dependencies = [("audience", "0003_portraits_and_groups")]

    operations = [migrations.RunPython(groups_make, migrations.RunPython.noop)]
