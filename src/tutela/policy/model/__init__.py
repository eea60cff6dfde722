"""The policy as data: plain, immutable values compiled from an operator's folder.

Nothing here reads a file, a database or a clock. ``Policy`` answers the questions the other
rooms ask; ``compiling`` builds it from YAML and ``actions`` keeps it in the database. Titles
and texts come in every language of the interface; where the policy lacks one, the original
stands in: ``Words`` maps a language code to text.
"""

from tutela.policy.model.anonymity import AnonymousSet, Method
from tutela.policy.model.consenting import ConsentTerms
from tutela.policy.model.cookies import Cookie
from tutela.policy.model.data import Category, Field, SubjectCategory
from tutela.policy.model.disclosure import (
    Acquirer,
    ProcessorEnding,
    Recipient,
    Residency,
    Separation,
    Store,
)
from tutela.policy.model.office import Access, FourEyes, NeedsDecision, Role
from tutela.policy.model.operator import (
    APART,
    WITH_THE_SITE,
    Authority,
    Operator,
    Place,
    Product,
    Site,
)
from tutela.policy.model.plain import Clauses, FrozenDict, Words
from tutela.policy.model.policy import Policy
from tutela.policy.model.promises import Channel, IfImpossible, MayPause, Promise, RetentionRule
from tutela.policy.model.purposes import Basis, CollectionPoint, PointField, Purpose
from tutela.policy.model.understanding import Assumption, Binding

__all__ = [
    "APART",
    "WITH_THE_SITE",
    "Access",
    "Acquirer",
    "AnonymousSet",
    "Assumption",
    "Authority",
    "Basis",
    "Binding",
    "Category",
    "Channel",
    "Clauses",
    "CollectionPoint",
    "ConsentTerms",
    "Cookie",
    "Field",
    "FourEyes",
    "FrozenDict",
    "IfImpossible",
    "MayPause",
    "Method",
    "NeedsDecision",
    "Operator",
    "Place",
    "PointField",
    "Policy",
    "ProcessorEnding",
    "Product",
    "Promise",
    "Purpose",
    "Recipient",
    "Residency",
    "RetentionRule",
    "Role",
    "Separation",
    "Site",
    "Store",
    "SubjectCategory",
    "Words",
]
