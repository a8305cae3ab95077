package config_test

import (
	"fmt"

	"asbru/core/config"
)

func ExampleDecode() {
	env := config.Env{
		Lookup: func(name string) (string, bool) { return "sk-live", name == "OPENAI_API_KEY" },
		Known:  map[string]config.Kind{"openai": {NeedsKey: true, HasBase: true}},
	}
	_, problems := config.Decode("asbru.yaml", []byte(`
providers:
  - {name: openai, api_key: ${OPENAI_API_KEY}}
models:
  - {alias: fast, provider: opnai}
lisen: 127.0.0.1:8080
`), env)
	for _, p := range problems {
		fmt.Println(p)
	}
	// Output:
	// asbru.yaml:5: models[0].provider: no provider is named "opnai"; hint: did you mean openai?
	// asbru.yaml:6: lisen: unknown field; hint: did you mean listen?
}

func ExampleSecret() {
	fmt.Println(config.NewSecret("env.OPENAI_API_KEY", "sk-live"))
	fmt.Printf("%+v\n", config.Key{Name: "first", Value: config.NewSecret("", "sk-live")})
	// Output:
	// env.OPENAI_API_KEY
	// {Name:first Value:*** Auth:<nil> Weight:<nil> Models:[]}
}
