"""Conversations over WebSockets: OpenAI's Realtime API and Google's Live API. Messages pass to a
provider of the client's own format as they are; any other is refused in the handshake, with its
name, or with a close frame where the first message names the model."""

import base64
import json
import logging
import os

import openai
import websockets
from google import genai
from google.genai import types

from check import CITY, CITY_ARGS, KEY, TEXT, Refused, check, model, must, run, same, sent

# A thread of it that still reads when another has given the connection up logs that as an internal
# error: bytes behind an end that came from its own side. What a peer does wrong it raises.
logging.getLogger("websockets.client").addFilter(lambda r: not (r.exc_info and r.exc_info[0] is EOFError))

SECURE = os.environ["SECURE"]  # the SDKs open WebSockets in TLS only
SOUND = bytes(range(256)) * 40
TOOL = {"type": "function", "name": "get_weather", "description": "The weather of a city.", "parameters": CITY}
HI = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}


def openai_of():
    return openai.OpenAI(base_url=SECURE + "/v1", api_key=KEY, max_retries=0, timeout=20)


def async_openai():
    return openai.AsyncOpenAI(base_url=SECURE + "/v1", api_key=KEY, max_retries=0, timeout=20)


def refused(e, family, own):
    """Turns the refusal that a family must get into Refused; raises what else there is."""
    response = getattr(e, "response", None)
    body = (getattr(response, "body", None) or b"").decode()
    if family not in own and getattr(response, "status_code", None) == 400 and "cannot be carried out by " + family in body:
        same(sent(), [], "requests at the provider")
        raise Refused(body)
    raise e


def realtime(f):
    """Makes a function of (connection, family) a check of both clients at every family."""
    def body(family, mode):
        scenario = getattr(f, "scenario", "text")
        if "async" in mode:
            return later(family, scenario)
        try:
            with openai_of().realtime.connect(model=model(family, scenario)) as c:
                same(c.recv().type, "session.created", "the first event")
                steps = f()
                answer = None
                while True:
                    send, until = steps.send(answer)
                    for event in send:
                        c.send(event)
                    answer = []
                    while not answer or answer[-1].type != until:
                        answer.append(c.recv())
        except StopIteration:
            pass
        except websockets.exceptions.InvalidStatus as e:
            refused(e, family, ("openai",))
        told(family)

    async def later(family, scenario):
        try:
            async with async_openai().realtime.connect(model=model(family, scenario)) as c:
                same((await c.recv()).type, "session.created", "the first event")
                steps = f()
                answer = None
                while True:
                    try:
                        send, until = steps.send(answer)
                    except StopIteration:
                        break
                    for event in send:
                        await c.send(event)
                    answer = []
                    while not answer or answer[-1].type != until:
                        answer.append(await c.recv())
        except websockets.exceptions.InvalidStatus as e:
            refused(e, family, ("openai",))
        told(family)

    def told(family):
        must(family in ("openai",), "done by %s, which has no such thing" % family)
        got = sent()
        same([(q["path"], q["model"]) for q in got], [("/v1/realtime", got[0]["model"])], "at the provider")

    check(modes=("stream", "async stream"), call="realtime." + f.__name__)(body)
    return f


def words(events):
    return "".join(e.delta for e in events if e.type == "response.output_text.delta")


@realtime
def text():
    got = yield [{"type": "session.update", "session": {"type": "realtime", "instructions": "Be brief."}}], "session.updated"
    got = yield [{"type": "conversation.item.create", "item": HI}, {"type": "response.create"}], "response.done"
    same(words(got), TEXT, "text")
    same((got[-1].response.usage.input_tokens, got[-1].response.usage.output_tokens), (37, 11), "usage")
    same([e.type for e in got if e.type.startswith("conversation")], ["conversation.item.added", "conversation.item.done"], "order")
    got = yield [{"type": "response.create"}], "response.done"
    same(words(got), TEXT, "a second turn")


@realtime
def tool():
    yield [{"type": "session.update", "session": {"type": "realtime", "tools": [TOOL], "tool_choice": "auto"}}], "session.updated"
    got = yield [{"type": "conversation.item.create", "item": HI}, {"type": "response.create"}], "response.done"
    call = got[-1].response.output[0]
    same((call.type, call.name, json.loads(call.arguments)), ("function_call", "get_weather", CITY_ARGS), "call")
    got = yield [{"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}}, {"type": "response.create"}], "response.done"
    same(words(got), "The tool says: sunny", "text")


tool.scenario = "tool"


@realtime
def sound():
    parts = [SOUND[i:i + 1000] for i in range(0, len(SOUND), 1000)]
    yield [{"type": "input_audio_buffer.append", "audio": base64.b64encode(p).decode()} for p in parts] + [{"type": "input_audio_buffer.commit"}], "input_audio_buffer.committed"
    got = yield [{"type": "response.create"}], "response.done"
    same(words(got), "I hear %d bytes" % len(SOUND), "text")


@realtime
def wrong():
    got = yield [{"type": "session.updates"}], "error"
    same(got[-1].error.code, "invalid_value", "the provider's own error")


@check(modes=("stream",), families=["openai"], call="realtime.cut")
def cut(family, mode):
    with openai_of().realtime.connect(model=model(family, "cut")) as c:
        c.send({"type": "response.create"})
        try:
            while True:
                c.recv()
        except websockets.exceptions.ConnectionClosed as e:
            same(e.rcvd.code, 1011, "close code")
            return


@check(modes=("stream",), families=["openai"], call="realtime.closes")
def closes(family, mode):
    with openai_of().realtime.connect(model=model(family, "closes")) as c:
        c.send({"type": "response.create"})
        try:
            while True:
                c.recv()
        except websockets.exceptions.ConnectionClosed as e:
            same((e.rcvd.code, e.rcvd.reason), (4001, "the session is over"), "close code")


@check(modes=("stream",), families=["openai"], call="realtime.model nobody has")
def nobody(family, mode):
    try:
        with openai_of().realtime.connect(model="nobody-has-this"):
            raise AssertionError("it was opened")
    except websockets.exceptions.InvalidStatus as e:
        same(e.response.status_code, 404, "status")
        must(b"model_not_found" in e.response.body, e.response.body)


def live(f):
    """Makes an async function of (session) a check at every family."""
    async def body(family, mode):
        client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=SECURE + "/genai", api_version="v1beta"))
        config = {"response_modalities": ["TEXT"]}
        if getattr(f, "scenario", "text") == "tool":
            config["tools"] = [{"function_declarations": [{"name": "get_weather", "description": "The weather of a city.", "parameters_json_schema": CITY}]}]
        try:
            async with client.aio.live.connect(model=model(family, getattr(f, "scenario", "text")), config=config) as session:
                await f(session)
        except (websockets.exceptions.ConnectionClosed, genai.errors.APIError) as e:
            if family != "gemini" and "cannot be carried out by " + family in str(e):
                same(sent(), [], "requests at the provider")
                raise Refused(str(e))
            raise
        must(family == "gemini", "done by %s, which has no such thing" % family)
        (q,) = sent()
        same(q["path"], "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "path")

    check(modes=("async stream",), call="live." + f.__name__.removeprefix("live_"))(body)
    return f


async def turn(session):
    said, last = "", None
    async for m in session.receive():
        said += m.text or ""
        last = m
    return said, last


async def say(session):
    await session.send_client_content(turns=types.Content(role="user", parts=[types.Part(text="Hi")]), turn_complete=True)


@live
async def live_text(session):
    for _ in range(2):
        await say(session)
        said, last = await turn(session)
        same(said, TEXT, "text")
        same((last.usage_metadata.prompt_token_count, last.usage_metadata.response_token_count), (37, 11), "usage")


@live
async def live_tool(session):
    await say(session)
    async for m in session.receive():
        if m.tool_call:
            (call,) = m.tool_call.function_calls
            same((call.name, call.args), ("get_weather", CITY_ARGS), "call")
            await session.send_tool_response(function_responses=[types.FunctionResponse(id=call.id, name=call.name, response={"output": "sunny"})])
            break
    said, _ = await turn(session)
    must("sunny" in said, said)


live_tool.scenario = "tool"


@live
async def live_sound(session):
    for i in range(0, len(SOUND), 1000):
        await session.send_realtime_input(audio=types.Blob(data=SOUND[i:i + 1000], mime_type="audio/pcm;rate=16000"))
    await session.send_realtime_input(audio_stream_end=True)
    said, _ = await turn(session)
    same(said, "I hear %d bytes" % len(SOUND), "text")


run("realtime", strict=False)
