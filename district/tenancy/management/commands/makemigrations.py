from django.core.management.commands import makemigrations

from district.tenancy.autodetector import DistrictAutodetector


class Command(makemigrations.Command):
    autodetector = DistrictAutodetector
