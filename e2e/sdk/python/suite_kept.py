"""What is no conversation: audio, images, files, batches, stored responses, caches, tokens.

Their bytes go to a provider of the client's own format as they are. Any other is refused,
with its name, before it is asked.
"""

import hashlib
import io
import warnings

import anthropic
import cohere
import openai
from google import genai
from google.genai import types

from check import ASBRU, KEY, TEXT, Refused, check, model, must, raises, run, same, sent

SOUND = bytes((i + (i >> 8)) & 255 for i in range(70_000))  # what the stand-in takes for sound
HEARD = "I hear audio/mpeg of %d bytes %s" % (len(SOUND), hashlib.sha256(SOUND).hexdigest()[:8])
HI = [{"role": "user", "content": "Hi"}]


def meant(family):
    """What names no model says in a header who is meant."""
    return {"x-model-provider": family}


def openai_of(family):
    return openai.OpenAI(base_url=ASBRU + "/v1", api_key=KEY, max_retries=0, timeout=20, default_headers=meant(family))


def anthropic_of(family):
    return anthropic.Anthropic(base_url=ASBRU + "/anthropic", api_key=KEY, max_retries=0, timeout=20, default_headers=meant(family))


def google_of(family):
    return genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=ASBRU + "/genai", api_version="v1beta", headers=meant(family), timeout=20000))


def cohere_of(family):
    return cohere.Client(api_key=KEY, base_url=ASBRU + "/cohere")


def across(make, own):
    """Makes a function of (client, model) a check at every family: its own family does it, the others are refused."""
    def register(f):
        def body(family, mode):
            c = make(family)
            try:
                f(c, model(family, "text"))
            except Exception as e:
                status = getattr(e, "status_code", None) or getattr(e, "code", None)
                if family not in own and status == 400 and "cannot be carried out by " + family in str(e):
                    same(sent(), [], "requests at the provider")
                    raise Refused(str(e))
                raise
            must(family in own, "done by %s, which has no such thing" % family)
        check(modes=("unary",), call=make.__name__.removesuffix("_of") + "." + f.__name__)(body)
        return f
    return register


OPENAI, ANTHROPIC, GOOGLE, COHERE = (across(m, o) for m, o in (
    (openai_of, ("openai", "responses")), (anthropic_of, ("anthropic",)), (google_of, ("gemini",)), (cohere_of, ("cohere",))))


@OPENAI
def speech(c, m):
    with c.audio.speech.with_streaming_response.create(model=m, input="Hi", voice="alloy") as r:
        same(r.headers["content-type"], "audio/mpeg")
        same(b"".join(r.iter_bytes()), SOUND)


def form():
    return {"file": ("a.mp3", SOUND, "audio/mpeg")}


@OPENAI
def transcription(c, m):
    r = c.audio.transcriptions.create(model=m, **form())
    same((r.text, r.usage.total_tokens), (HEARD, 59))
    same(c.audio.transcriptions.create(model=m, response_format="text", **form()), HEARD + "\n")
    r = c.audio.transcriptions.create(model=m, response_format="verbose_json", timestamp_granularities=["segment"], **form())
    same((r.segments[0].end, r.usage.seconds), (5.5, 6))


@OPENAI
def transcription_stream(c, m):
    events = list(c.audio.transcriptions.create(model=m, stream=True, **form()))
    same("".join(e.delta for e in events if e.type == "transcript.text.delta"), HEARD)
    same(events[-1].text, HEARD)


@OPENAI
def translation(c, m):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        same(c.audio.translations.create(model=m, **form()).text, HEARD)


@OPENAI
def images(c, m):
    same(c.images.generate(model=m, prompt="a cat").data[0].revised_prompt, "generated")
    r = c.images.edit(model=m, prompt="a hat", image=("a.png", SOUND, "image/png"))
    must(r.data[0].revised_prompt.startswith("made of image/png of 70000 bytes"), r)


@OPENAI
def moderation(c, m):
    must(c.moderations.create(model=m, input="Hi").results[0].flagged, "flagged")


@OPENAI
def files(c, m):
    r = c.files.create(purpose="batch", file=("a.jsonl", SOUND, "application/jsonl"))
    must(r.filename.startswith("application/jsonl of 70000 bytes"), r)
    same([f.id for f in c.files.list()], ["file-standin"])
    same(c.files.retrieve("file-9").id, "file-9")
    same(c.files.content("file-9").read(), SOUND)
    must(c.files.delete("file-9").deleted, "deleted")


@OPENAI
def batches(c, m):
    same(c.batches.create(input_file_id="file-9", endpoint="/v1/responses", completion_window="24h").status, "validating")
    same([b.id for b in c.batches.list()], ["batch_standin"])
    same(c.batches.retrieve("batch_9").id, "batch_9")
    must(c.batches.cancel("batch_9").cancelling_at, "a time")


@OPENAI
def stored(c, m):
    r = c.responses.retrieve("resp_9")
    same((r.id, r.status, r.output_text), ("resp_9", "completed", TEXT))
    same(c.responses.cancel("resp_9").status, "cancelled")
    same([i.id for i in c.responses.input_items.list("resp_9")], ["msg_resp_9"])
    c.responses.delete("resp_9")
    same([(q["method"], q["path"]) for q in sent()], [("GET", "/v1/responses/resp_9"), ("POST", "/v1/responses/resp_9/cancel"),
                                                        ("GET", "/v1/responses/resp_9/input_items"), ("DELETE", "/v1/responses/resp_9")])
    with raises(openai.NotFoundError, 404):
        c.responses.retrieve("resp_missing")


@OPENAI
def secret(c, m):
    same(c.realtime.client_secrets.create(session={"type": "realtime", "model": "gpt-realtime"}).value, "ek_standin")


@ANTHROPIC
def message_batches(c, m):
    r = c.messages.batches.create(requests=[{"custom_id": "0", "params": {"model": "claude", "max_tokens": 9, "messages": HI}}])
    same(r.processing_status, "in_progress")
    same([b.id for b in c.messages.batches.list()], ["msgbatch_standin"])
    same([r.result.type for r in c.messages.batches.results("b9")][:1], ["succeeded"])
    same(c.messages.batches.retrieve("b9").processing_status, "ended")
    same(c.messages.batches.cancel("b9").processing_status, "canceling")


@ANTHROPIC
def files_of_anthropic(c, m):
    same(c.beta.files.upload(file=("a.txt", SOUND, "text/plain")).size_bytes, len(SOUND))
    same([f.id for f in c.beta.files.list()], ["file_standin"])
    same(c.beta.files.retrieve_metadata("file_9").id, "file_9")


@GOOGLE
def caches(c, m):
    same(c.caches.create(model="gemini-2.5-flash", config=types.CreateCachedContentConfig(contents="Long.", display_name="kept")).name, "cachedContents/standin")
    same(c.caches.get(name="cachedContents/9").usage_metadata.total_token_count, 1090)
    same([k.name for k in c.caches.list()], ["cachedContents/standin"])
    c.caches.delete(name="cachedContents/9")
    same(sent()[-1]["method"], "DELETE")


@GOOGLE
def files_of_google(c, m):
    same([f.name for f in c.files.list()], ["files/standin"])
    same(c.files.upload(file=io.BytesIO(SOUND), config=types.UploadFileConfig(mime_type="application/pdf")).size_bytes, len(SOUND))


@COHERE
def tokens(c, m):
    same(c.tokenize(text="two words", model=m, offline=False).tokens, [1, 2])


@check(modes=("unary",), call="openai.errors", families=("openai",))
def errors(family, mode):
    with raises(openai.RateLimitError, 429) as e:
        openai_of(family).audio.speech.create(model=model(family, "error-429"), input="Hi", voice="alloy")
    same(e.value.response.headers["retry-after"], "7")


if __name__ == "__main__":
    run("kept", strict=False)
