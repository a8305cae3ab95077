"""pydantic-ai in front of asbru: agents with a tool and a typed answer, by each vendor's model class."""

import asyncio
import base64

from check import environment

environment("pydanticai")

import boto3  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from pydantic_ai import Agent, BinaryContent, ModelHTTPError  # noqa: E402
from pydantic_ai.models.anthropic import AnthropicModel  # noqa: E402
from pydantic_ai.models.bedrock import BedrockConverseModel  # noqa: E402
from pydantic_ai.models.google import GoogleModel  # noqa: E402
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel  # noqa: E402
from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: E402
from pydantic_ai.providers.bedrock import BedrockProvider  # noqa: E402
from pydantic_ai.providers.google import GoogleProvider  # noqa: E402
from pydantic_ai.providers.openai import OpenAIProvider  # noqa: E402

from check import ASBRU, KEY, PNG, PNG_SEEN, TEXT, check, model, must, raises, run, same, sent  # noqa: E402

BASE = ASBRU + "/pydanticai"
LOOP = asyncio.new_event_loop()


def bedrock(name):
    c = boto3.client("bedrock-runtime", endpoint_url=BASE + "/bedrock", region_name="us-east-1", aws_access_key_id="AKIDCLIENT", aws_secret_access_key="s")
    c.meta.events.register("before-sign.bedrock-runtime", lambda request, **_: request.headers.add_header("x-bf-vk", KEY))
    return BedrockConverseModel(name, provider=BedrockProvider(bedrock_client=c), profile=PROFILES["BedrockConverseModel"])


OPENAI = OpenAIProvider(base_url=BASE + "/v1", api_key=KEY)
ANTHROPIC = AnthropicProvider(base_url=BASE + "/anthropic", api_key=KEY)
GOOGLE = GoogleProvider(base_url=BASE + "/genai", api_key=KEY)
# What it thinks a model can do it takes from the name, and not from one it does not know.
PROFILES = {"OpenAIResponsesModel": {"openai_supports_encrypted_reasoning_content": True}, "GoogleModel": {"supports_image_output": False},
            "BedrockConverseModel": {"bedrock_send_back_thinking_parts": True}}
MAKERS = {"OpenAIChatModel": lambda m: OpenAIChatModel(m, provider=OPENAI),
          "OpenAIResponsesModel": lambda m: OpenAIResponsesModel(m, provider=OPENAI, profile=PROFILES["OpenAIResponsesModel"]),
          "AnthropicModel": lambda m: AnthropicModel(m, provider=ANTHROPIC), "GoogleModel": lambda m: GoogleModel(m, provider=GOOGLE, profile=PROFILES["GoogleModel"]),
          "BedrockConverseModel": bedrock}


class Place(BaseModel):
    city: str
    degrees: int


def through(name, make):
    async def ask(agent, prompt, mode):
        if mode == "async":
            r = await agent.run(prompt)
            return r.output, r.usage
        async with agent.run_stream(prompt) as s:
            return await s.get_output(), s.usage

    def go(agent, prompt, mode):
        out, usage = LOOP.run_until_complete(ask(agent, prompt, mode))
        return out, usage() if callable(usage) else usage

    def text(family, mode):
        out, usage = go(Agent(make(model(family, "text")), instructions="Be brief."), "Hi", mode)
        same((out, usage.input_tokens, usage.output_tokens), (TEXT, 37, 11))
        must("Be brief." in sent()[-1]["body"], "the instructions")

    def tool(family, mode):
        agent, seen = Agent(make(model(family, "tool"))), []

        @agent.tool_plain
        def get_weather(city: str, degrees: int) -> str:
            """Weather of a city."""
            seen.append((city, degrees))
            return "21 °C"
        out, _ = go(agent, "What is the weather?", mode)
        same(seen, [("Paris", 7)])
        must("The tools said" in out and "21" in out, out)

    def think(family, mode):
        settings = {"anthropic_thinking": {"type": "enabled", "budget_tokens": 2000}, "google_thinking_config": {"include_thoughts": True, "thinking_budget": 2000},
                    "openai_reasoning_effort": "low", "openai_reasoning_summary": "auto", "max_tokens": 4000,
                    "bedrock_additional_model_requests_fields": {"thinking": {"type": "enabled", "budget_tokens": 2000}}}
        agent = Agent(make(model(family, "think-tool")), model_settings=settings)

        @agent.tool_plain
        def get_weather(city: str) -> str:
            """Weather of a city."""
            return "21 °C"
        out, _ = go(agent, "What is the weather?", mode)
        must("The tools said" in out and "21" in out, out)

    def structured(family, mode):
        same(go(Agent(make(model(family, "tool")), output_type=Place), "What is the weather?", mode)[0], Place(city="Paris", degrees=7))

    def image(family, mode):
        out, _ = go(Agent(make(model(family, "image"))), ["What?", BinaryContent(data=base64.b64decode(PNG), media_type="image/png")], mode)
        must(out.startswith(PNG_SEEN), out)

    def errors(family, mode):
        for status in (400, 404, 429):
            with raises(ModelHTTPError, status) as e:
                go(Agent(make(model(family, "error-%d" % status))), "Hi", mode)
            must(e.value.body, e.value)

    modes = ("async", "async stream")
    for call, f in (("text", text), ("tool", tool), ("think", think), ("structured", structured), ("image", image)):
        check(call=name + " " + call, modes=modes)(f)
    if name != "AnthropicModel" and name[:6] != "OpenAI":  # these clients would come back after the wait the provider named
        check(call=name + " errors", modes=("async",))(errors)


for name, make in MAKERS.items():
    through(name, make)

if __name__ == "__main__":
    run("pydantic-ai", strict=False)
