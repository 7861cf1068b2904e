"""The services that can be asked, by the name that `searchsets harvest` knows them by."""

from searchsets.sources.services.base import Service
from searchsets.sources.services.core import Core
from searchsets.sources.services.crossref import Crossref
from searchsets.sources.services.doaj import Doaj
from searchsets.sources.services.eric import Eric
from searchsets.sources.services.europepmc import EuropePmc
from searchsets.sources.services.govuk import GovUk
from searchsets.sources.services.openalex import OpenAlex

SERVICES: dict[str, type[Service]] = {
    service.name: service for service in (Eric, OpenAlex, Crossref, EuropePmc, Core, Doaj, GovUk)
}
