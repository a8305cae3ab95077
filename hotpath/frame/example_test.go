package frame_test

import (
	"fmt"

	"asbru/hotpath/frame"
)

func ExampleCutter() {
	var c frame.Cutter
	for _, read := range []string{"data: one\n\nevent: ping\ndata: t", "wo\n\n: comment\n\n"} {
		for src := []byte(read); ; {
			raw, ev, n, err := c.Next(src)
			if err != nil {
				fmt.Println(err)
				return
			}
			if raw == nil {
				break // read on
			}
			src = src[n:]
			fmt.Printf("%q type=%q data=%q comment=%v\n", raw, ev.Type, ev.Data, ev.Comment)
		}
	}
	// Output:
	// "data: one\n\n" type="" data="one" comment=false
	// "event: ping\ndata: two\n\n" type="ping" data="two" comment=false
	// ": comment\n\n" type="" data="" comment=true
}
