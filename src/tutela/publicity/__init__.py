"""What everybody can see: records that a person made public, field by field, and nothing else.

A field is public while the person's own consent to publish it stands and the record is listed by
the person's act; both are looked at, and the text is screened again, whenever somebody reads.
"""
