"""Streams that break, seen with the SDKs of OpenAI and Anthropic: the SDK has to raise its own
error with a type and a message in it, after a piece of the answer and before any end of one."""

import anthropic
import openai

from check import ASBRU, KEY, TEXT, check, model, must, run

OPENAI = {"base_url": ASBRU + "/v1", "api_key": KEY, "max_retries": 0, "timeout": 20}
ANTHROPIC = {"base_url": ASBRU + "/anthropic", "api_key": KEY, "max_retries": 0, "timeout": 20}
HELLO = [{"role": "user", "content": "Hi"}]


class Chat:
    """A form makes the request of a model, tells text and end of its events, and reads the SDK's error."""

    name, kind, plain, later, of = "openai chat", openai.APIError, openai.OpenAI, openai.AsyncOpenAI, OPENAI

    def open(self, client, model):
        return client.chat.completions.create(model=model, messages=HELLO, stream=True)

    def text(self, e):
        return e.choices[0].delta.content if e.choices else None

    def end(self, e):
        return e.choices and e.choices[0].finish_reason

    def fault(self, e):
        """What an event tells that is an error itself: type and message."""

    def told(self, error):
        return error.type, error.message


class Responses(Chat):
    name = "openai responses"

    def open(self, client, model):
        return client.responses.create(model=model, input="Hi", stream=True)

    def text(self, e):
        return e.delta if e.type == "response.output_text.delta" else None

    def end(self, e):
        return e.type in ("response.completed", "response.incomplete")

    def fault(self, e):
        if e.type == "error":
            return e.code, e.message
        return (e.response.error.code, e.response.error.message) if e.type == "response.failed" else None


class Messages(Chat):
    name, kind, plain, later, of = "anthropic", anthropic.APIError, anthropic.Anthropic, anthropic.AsyncAnthropic, ANTHROPIC

    def open(self, client, model):
        return client.messages.create(model=model, max_tokens=100, messages=HELLO, stream=True)

    def text(self, e):
        return e.delta.text if e.type == "content_block_delta" else None

    def end(self, e):
        return e.type == "message_stop" or e.type == "message_delta" and e.delta.stop_reason

    def told(self, error):
        return error.body["error"]["type"], error.body["error"]["message"]


class Seen:
    """What came of a stream so far."""

    def __init__(self, form):
        self.form, self.text, self.fault = form, "", None

    def take(self, e):
        must(not self.fault, "after its error the stream goes on: %s" % e)
        must(not self.form.end(e), "it is taken for an answer: %s" % e)
        self.text += self.form.text(e) or ""
        self.fault = self.form.fault(e)

    def judge(self):
        must(self.fault, "the stream ends in silence after %r" % self.text)
        must(all(self.fault), "type and message are %r" % (self.fault,))
        must(TEXT.startswith(self.text), "what came is no beginning of the answer: %r" % self.text)


async def read(form, mode, name, seen):
    if mode == "stream":
        with form.plain(**form.of) as client:
            for e in form.open(client, name):
                seen.take(e)
        return
    async with form.later(**form.of) as client:
        async for e in await form.open(client, name):
            seen.take(e)


def registered(form, scenario):
    call = "%s, %s" % (form.name, scenario)

    @check(modes=("stream", "async stream"), call=call)
    async def broken(family, mode):
        seen = Seen(form)
        try:
            await read(form, mode, model(family, scenario), seen)
        except form.kind as e:
            seen.fault = form.told(e)
        seen.judge()
    return call


CALLS = [registered(form, scenario) for form in (Chat(), Responses(), Messages()) for scenario in ("cut", "cut-clean", "error-stream")]

if __name__ == "__main__":
    run("broken streams", short=CALLS)
