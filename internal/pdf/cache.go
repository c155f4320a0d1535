// SPDX-License-Identifier: Apache-2.0

package pdf

const (
	cacheObjects = 20_000
	cacheOctets  = 32 << 20 // source text of what is kept, decoded object streams included
)

// cacheKey is a place in the file. A stream whose /Length is an object of its
// own may read differently in another view; view is -1 for everything else.
type cacheKey struct {
	at          int64
	index, view int
}

// cache keeps parsed objects and decoded object streams, and forgets all of
// them when it is full: simple, and bounded whatever the file.
type cache struct {
	objects map[cacheKey]*indirect
	streams map[cacheKey]*objectStream
	octets  int64
}

func (c *cache) clear() {
	c.objects, c.streams, c.octets = map[cacheKey]*indirect{}, map[cacheKey]*objectStream{}, 0
}

func (c *cache) room(octets int64) {
	if c.octets+octets > cacheOctets || len(c.objects) >= cacheObjects {
		c.clear()
	}
	c.octets += octets
}

func (c *cache) object(at int64, view int) *indirect {
	if o := c.objects[cacheKey{at, -1, -1}]; o != nil {
		return o
	}
	return c.objects[cacheKey{at, -1, view}]
}

func (c *cache) keep(at int64, view int, o *indirect) {
	if !o.borrowed {
		view = -1
	}
	c.room(o.bodyEnd - o.body)
	c.objects[cacheKey{at, -1, view}] = o
}

func (c *cache) stream(at int64, view int) *objectStream {
	if s := c.streams[cacheKey{at, -1, -1}]; s != nil {
		return s
	}
	return c.streams[cacheKey{at, -1, view}]
}

func (c *cache) keepStream(at int64, view int, borrowed bool, s *objectStream) {
	if !borrowed {
		view = -1
	}
	c.room(int64(len(s.data)))
	c.streams[cacheKey{at, -1, view}] = s
}

// inner and keepInner are keyed by the view as well: which stream a number
// means is itself a matter of the view.
func (c *cache) inner(e entry, v view) *indirect {
	return c.objects[cacheKey{v.entry(int(e.at)).at, e.gen, v.last}]
}

func (c *cache) keepInner(e entry, v view, o *indirect) {
	c.room(o.bodyEnd - o.body)
	c.objects[cacheKey{v.entry(int(e.at)).at, e.gen, v.last}] = o
}
