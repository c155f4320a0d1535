// SPDX-License-Identifier: Apache-2.0

package render

import (
	"errors"
	"fmt"
	"image/color"
	"net/url"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/govseal/govseal/internal/decision"
)

// link is where readers check the decision: a QR code and, because a QR code
// can lead anywhere, the host in text.
type link struct {
	host string
	code barcode.Barcode
}

// newLink returns nil when there is no address.
func newLink(verifyURL, code string) (*link, error) {
	if verifyURL == "" {
		return nil, nil
	}
	u, err := url.Parse(verifyURL)
	if err != nil || len(verifyURL) > 120 || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("address for verification must be a plain http or https address of at most 120 octets")
	}
	symbol, err := qr.Encode(strings.TrimRight(verifyURL, "/")+"/s/"+code, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("draw QR code: %w", err)
	}
	return &link{host: u.Host, code: symbol}, nil
}

const (
	qrSize = 23.0
	qrX    = left + width - qrSize
	qrY    = 9.0
)

// drawLink writes code and QR code into the upper margin of the first page.
func (c *canvas) drawLink(l *link, code string) {
	small := style{font: c.regular, size: 3.2, colour: grey}
	strong := style{font: c.bold, size: 3.9}
	right := left + width
	texts := []headLine{{small, "验证码"}, {strong, decision.FormatCode(code)}}
	if l != nil {
		c.drawQR(l.code)
		right = qrX - 2.5
		host := fitted(strong, l.host, right-left)
		texts = append(texts, headLine{small, "扫描二维码，或登录以下网址输入验证码，核验真伪"}, headLine{host, l.host})
	}
	y := qrY + 3.2
	for _, t := range texts {
		c.text(t.style, right-t.measure(t.name), y, t.name)
		y += 5.4
	}
}

// drawQR paints the dark modules, one box for each run of a row. The margin
// around is white: the quiet zone of four modules.
func (c *canvas) drawQR(symbol barcode.Barcode) {
	n := symbol.Bounds().Dx()
	module := qrSize / float64(n)
	dark := func(x, y int) bool { return color.GrayModel.Convert(symbol.At(x, y)).(color.Gray).Y < 128 }
	var boxes []rectangle
	for y := range n {
		for x := 0; x < n; x++ {
			run := x
			for run < n && dark(run, y) {
				run++
			}
			if run > x {
				boxes = append(boxes, rectangle{qrX + float64(x)*module, qrY + float64(y)*module, float64(run-x) * module, module})
			}
			x = run
		}
	}
	c.fill(black, boxes)
}
