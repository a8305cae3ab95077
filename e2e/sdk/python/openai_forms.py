"""What the suites of the openai SDK share: a form to fill in, and its errors by status."""

import enum
from typing import List, Optional

import openai
from pydantic import BaseModel


class Unit(enum.Enum):
    C, F = "celsius", "fahrenheit"


class Place(BaseModel):
    city: str
    unit: Unit


class Forecast(BaseModel):
    place: Place
    other: List[Place]
    degrees: int
    remark: Optional[str]


STATUS = {400: openai.BadRequestError, 401: openai.AuthenticationError, 403: openai.PermissionDeniedError, 404: openai.NotFoundError,
          413: openai.APIStatusError, 422: openai.UnprocessableEntityError, 429: openai.RateLimitError, 500: openai.InternalServerError,
          503: openai.InternalServerError, 529: openai.InternalServerError}
