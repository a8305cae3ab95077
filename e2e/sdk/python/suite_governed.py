"""What the SDKs make of a gateway that refuses: a key that nobody knows, one that has expired, one that may not use
the model, one without money, one that was too fast. Each has to raise its own error of that status with our sentence in
it, and, left to its own idea of retries, at once: who has to wait an hour is not to sleep in the middle of a call.
Also what a key may use, and that tokens are counted for a key without money."""

import time

import anthropic
import boto3
import cohere
import openai
from botocore.config import Config
from botocore.exceptions import ClientError
from cohere.core.api_error import ApiError
from google import genai
from google.genai import types

from check import ASBRU, KEY, check, must, run, same, sent

HI = [{"role": "user", "content": "Hi"}]
TURNS = [{"role": "user", "content": [{"text": "Hi"}]}]
CLIENTS = {}

# The key, the status that its calls get, and the words in the SDK's exception.
REFUSALS = {
    "nobody": (401, "is unknown"),
    "expired": (403, 'key "expired" has expired'),
    "narrow": (403, 'key "narrow" may not use model'),
    "poor": (402, 'budget of key "poor" has $0.000001 left'),
    "hasty": (429, 'key "hasty" has used its 1 requests an hour'),
}


def of(kind, name):
    """The client of a kind that holds the key of that name, with the retries that the SDK itself would make."""
    if (kind, name) not in CLIENTS:
        CLIENTS[kind, name] = kind(KEY.replace("clients", name))
    return CLIENTS[kind, name]


def openai_(key):
    return openai.OpenAI(base_url=ASBRU + "/v1", api_key=key, timeout=20)


def anthropic_(key):
    return anthropic.Anthropic(base_url=ASBRU + "/anthropic", api_key=key, timeout=20)


def bearer(key):
    return anthropic.Anthropic(base_url=ASBRU + "/anthropic", auth_token=key, timeout=20)


def google(key):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=ASBRU + "/genai", api_version="v1beta", timeout=20000))


def cohere_(key):
    return cohere.ClientV2(api_key=key, base_url=ASBRU + "/cohere", timeout=20)


def aws(key):
    c = boto3.client("bedrock-runtime", endpoint_url=ASBRU + "/bedrock", region_name="us-east-1", aws_access_key_id="AKIDCLIENT",
                     aws_secret_access_key="s", config=Config(retries={"total_max_attempts": 1}, read_timeout=20))
    c.meta.events.register("before-sign.bedrock-runtime", lambda request, **_: request.headers.add_header("x-bf-vk", key))
    return c


ONCE = {"max_retries": 0}  # Cohere's SDK sleeps a minute for whatever says an hour
CALLS = {
    "openai chat": (openai_, "openai", lambda c, m: c.chat.completions.create(model=m, messages=HI)),
    "openai chat stream": (openai_, "openai", lambda c, m: list(c.chat.completions.create(model=m, messages=HI, stream=True))),
    "openai responses": (openai_, "openai", lambda c, m: c.responses.create(model=m, input="Hi")),
    "openai responses stream": (openai_, "openai", lambda c, m: list(c.responses.create(model=m, input="Hi", stream=True))),
    "openai embeddings": (openai_, "openai", lambda c, m: c.embeddings.create(model=m, input="Hi")),
    "anthropic": (anthropic_, "anthropic", lambda c, m: c.messages.create(model=m, max_tokens=20, messages=HI)),
    "anthropic stream": (anthropic_, "anthropic", lambda c, m: list(c.messages.create(model=m, max_tokens=20, messages=HI, stream=True))),
    "anthropic with a token": (bearer, "anthropic", lambda c, m: c.messages.create(model=m, max_tokens=20, messages=HI)),
    "genai": (google, "gemini", lambda c, m: c.models.generate_content(model=m, contents="Hi")),
    "genai stream": (google, "gemini", lambda c, m: list(c.models.generate_content_stream(model=m, contents="Hi"))),
    "genai embeddings": (google, "gemini", lambda c, m: c.models.embed_content(model=m, contents="Hi")),
    "cohere": (cohere_, "cohere", lambda c, m: c.chat(model=m, messages=HI, request_options=ONCE)),
    "cohere stream": (cohere_, "cohere", lambda c, m: list(c.chat_stream(model=m, messages=HI, request_options=ONCE))),
    "cohere embed": (cohere_, "cohere", lambda c, m: c.embed(model=m, texts=["Hi"], input_type="search_query", embedding_types=["float"], request_options=ONCE)),
    "cohere rerank": (cohere_, "cohere", lambda c, m: c.rerank(model=m, query="Hi", documents=["a"], request_options=ONCE)),
    "boto3 converse": (aws, "bedrock", lambda c, m: c.converse(modelId=m, messages=TURNS)),
    "boto3 converse stream": (aws, "bedrock", lambda c, m: list(c.converse_stream(modelId=m, messages=TURNS)["stream"])),
}
TYPED = (openai.APIStatusError, anthropic.APIStatusError, genai.errors.APIError, ApiError, ClientError)


def status(error):
    if isinstance(error, ClientError):
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    return getattr(error, "status_code", None) or error.code


def registered(call, key):
    kind, family, ask = CALLS[call]
    want, words = REFUSALS[key]

    @check(modes=("unary",), families=(family,), call="%s, %s" % (call, key))
    def refused(family, mode):
        # Aliases are what a narrow key may use; it asks for another name.
        name = "%s/some-model" % family if key == "narrow" else "fast-" + family
        if key == "hasty":
            try:
                of(openai_, key).responses.input_tokens.count(model="fast-openai", input="Hi")  # uses the limit up
            except openai.RateLimitError:
                pass
            sent()
        begun = time.monotonic()
        try:
            ask(of(kind, key), name)
        except TYPED as e:
            same(status(e), want, "status of %s" % e)
            must(words in str(e), "%r in %s" % (words, e))
        else:
            raise AssertionError("it is answered")
        took = time.monotonic() - begun
        must(took < 10, "the SDK gave up after %.1f s" % took)
        same(sent(), [], "requests at the provider")


for a_call in CALLS:
    for a_key in REFUSALS:
        registered(a_call, a_key)

NARROW = ["fast-" + f for f in ("anthropic", "bedrock", "cohere", "gemini", "openai")]


def lists(call, family, kind, listed, shown, missing):
    @check(modes=("unary",), families=(family,), call=call)
    def models(family, mode):
        c = of(kind, "narrow")
        same(list(listed(c)), NARROW, "the list")
        same(shown(c, "fast-openai"), "fast-openai", "one model")
        try:
            shown(c, "only-openai")
        except TYPED as e:
            same(status(e), 404, "status of a model that the key may not use")
            must(missing in str(e), e)
        else:
            raise AssertionError("a model that the key may not use is shown")
        same(sent(), [], "requests at the provider")


LACKS = "does not exist here, or this key may not use it"
lists("openai models", "openai", openai_, lambda c: [m.id for m in c.models.list()], lambda c, m: c.models.retrieve(m).id, LACKS)
lists("anthropic models", "anthropic", anthropic_, lambda c: [m.id for m in c.models.list(limit=2)], lambda c, m: c.models.retrieve(m).id, LACKS)
lists("genai models", "gemini", google, lambda c: [m.name.removeprefix("models/") for m in c.models.list(config={"page_size": 2})],
      lambda c, m: c.models.get(model=m).name.removeprefix("models/"), LACKS)
lists("cohere models", "cohere", cohere_, lambda c: [m.name for m in c.models.list(page_size=2).models], lambda c, m: c.models.get(m).name, LACKS)


@check(modes=("unary",), families=("openai",))
def tokens_without_money(family, mode):
    same(of(openai_, "poor").responses.input_tokens.count(model="fast-openai", input="Hi").input_tokens, 42, "OpenAI's")
    same(of(anthropic_, "poor").messages.count_tokens(model="fast-anthropic", messages=HI).input_tokens, 42, "Anthropic's")
    same(of(google, "poor").models.count_tokens(model="fast-gemini", contents="Hi").total_tokens, 42, "Google's")


if __name__ == "__main__":
    run("governed")
