package io.iotdarelay.decode;

import static io.iotdarelay.decode.Decodings.detail;
import static io.iotdarelay.decode.Decodings.json;
import static io.iotdarelay.decode.Decodings.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats of plain text: JSON lines, text, bytes, CSV, and InfluxDB's line protocol. */
class TextFormatsTest {

    private static final Encoding LINES = Encoding.of(Format.JSON_LINES);
    private static final Encoding INFLUX = Encoding.of(Format.INFLUX);
    private static final Encoding CSV = csv(',', '"');

    @Test
    void readsJsonLines() {
        assertThat(json(LINES, utf8("{\"a\":1}\n{\"a\":2}\n"))).isEqualTo("[{\"a\":1},{\"a\":2}]");
        assertThat(json(LINES, utf8("{\"a\":1}"))).isEqualTo("[{\"a\":1}]");
        assertThat(json(LINES, utf8("{\"a\":1}{\"a\":2.30}"))).isEqualTo("[{\"a\":1},{\"a\":2.30}]");
        assertThat(json(LINES, utf8("\n\r\n {\"a\":1}\r\n\r\n[2]\r\n"))).isEqualTo("[{\"a\":1},[2]]");
        assertThat(json(LINES, utf8("1 2 null"))).isEqualTo("[1,2,null]");
        assertThat(json(LINES, utf8("\u001e{\"a\":1}\n\u001e{\"a\":2}\n"))).isEqualTo("[{\"a\":1},{\"a\":2}]");
    }

    @Test
    void saysWhichJsonLineIsWrong() {
        assertThat(detail(LINES, utf8("{\"a\":1}\n{\"a\":1,\"a\":2}\n"))).contains("line 2");
        assertThat(detail(LINES, utf8("{\"a\":1}\n{\"a\":"))).contains("line 2");
        assertThat(detail(LINES, utf8("{\"a\":1}\n,{\"a\":1}"))).contains("line 2");
        assertThat(detail(LINES, utf8("[1]]"))).contains("line 1");
        assertThat(detail(LINES, utf8(" \n"))).isEqualTo("the value is empty");
        assertThat(detail(LINES, utf8("{\"a\":1e99999999999}"))).contains("out of range");
        assertThat(detail(LINES, utf8("1\n" + "[".repeat(10_000)))).contains("maximum");
        assertThat(detail(LINES, new byte[] {0, 0, 0, 0, 7})).contains("0x00");
    }

    @Test
    void readsTextAndBytes() {
        assertThat(json(Encoding.of(Format.TEXT), utf8("{\"ä\n"))).isEqualTo("\"{\\\"ä\\n\"");
        assertThat(json(Encoding.of(Format.TEXT), utf8("a\ufffd"))).isEqualTo("\"a\ufffd\"");
        assertThat(json(Encoding.of(Format.BYTES), new byte[] {0, (byte) 0xff})).isEqualTo("\"AP8=\"");
        assertThat(detail(Encoding.of(Format.TEXT), new byte[] {(byte) 0xc3, 0x28}))
                .isEqualTo("the value is not UTF-8 text");
    }

    @Test
    void readsCsvLines() {
        assertThat(json(CSV, utf8("m-1,21.5\nm-2,\"a, \"\"b\"\"\nc\"\r\n\r\nm-3,")))
                .isEqualTo("""
                [{"id":"m-1","temp":"21.5"},{"id":"m-2","temp":"a, \\"b\\"\\nc"},{"id":"m-3","temp":""}]""");
        assertThat(json(CSV, utf8("\ufeffm-1,1"))).isEqualTo(json(CSV, utf8("m-1,1")));
        assertThat(detail(CSV, utf8("\ufeff"))).isEqualTo("the value is empty");
        assertThat(json(csv(';', null), utf8("m-1;\"21,5\""))).isEqualTo("""
                [{"id":"m-1","temp":"\\"21,5\\""}]""");
        assertThat(json(csv('\t', '\''), utf8("m-1\t'21\t5'"))).isEqualTo("""
                [{"id":"m-1","temp":"21\\t5"}]""");
    }

    @Test
    void rejectsCsvWithOtherColumns() {
        assertThat(detail(CSV, utf8("m-1,1\nm-2"))).isEqualTo("line 2 has 1 columns, expected 2");
        assertThat(detail(CSV, utf8("m-1,1,2"))).isEqualTo("line 1 has 3 columns, expected 2");
        assertThat(detail(CSV, utf8("m-1,\"never ends"))).contains("quote");
        assertThat(detail(CSV, utf8("\n\n"))).isEqualTo("the value is empty");
        assertThat(detail(CSV, new byte[] {'a', ',', (byte) 0xff})).isEqualTo("the value is not UTF-8 text");
        assertThat(detail(CSV, utf8(",\n".repeat(200_000)))).contains("250000 values");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "power,meter=MTR0017,site=berlin kwh=1234.567,w=812i,label=\"a b\" 1767261600123456789"
                        + "|[{'measurement':'power','tags':{'meter':'MTR0017','site':'berlin'},"
                        + "'fields':{'kwh':1234.567,'w':812,'label':'a b'},'time':1767261600123456789}]",
                "m f=1|[{'measurement':'m','tags':{},'fields':{'f':1}}]",
                "m f=t,g=FALSE,h=-1.5e3,i=.5,j=1.,k=18446744073709551615u -1"
                        + "|[{'measurement':'m','tags':{},'fields':{'f':true,'g':false,'h':-1.5E+3,'i':0.5,'j':1,'k':18446744073709551615},"
                        + "'time':-1}]",
                "my\\ m\\,x,t\\=a\\ g=v\\,1 f\\ 1=\"q\\\"u\\\\o, te=\" 5"
                        + "|[{'measurement':'my m,x','tags':{'t=a g':'v,1'},'fields':{'f 1':'q~\"u~\\o, te='},'time':5}]",
                "a\\b f=1|[{'measurement':'a~\\b','tags':{},'fields':{'f':1}}]",
                "m f=\"a\\b\"|[{'measurement':'m','tags':{},'fields':{'f':'a~~b'}}]",
            })
    void readsLineProtocol(String line, String json) {
        assertThat(json(INFLUX, utf8(line))).isEqualTo(json.replace('\'', '"').replace('~', '\\'));
    }

    @Test
    void readsManyLinesOfLineProtocol() {
        assertThat(json(INFLUX, utf8("# comment\n\r\nm f=1 1\r\n\n  m f=\"two\nlines\" 2\nm f=3\r\n")))
                .isEqualTo("""
                [{"measurement":"m","tags":{},"fields":{"f":1},"time":1},\
                {"measurement":"m","tags":{},"fields":{"f":"two\\nlines"},"time":2},\
                {"measurement":"m","tags":{},"fields":{"f":3}}]""");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m",
                "m ",
                "m,t f=1",
                "m,t= f=1",
                "m,=v f=1",
                "m,t=v",
                "m,t=v,t=w f=1",
                "m f",
                "m f=",
                "m f=1,",
                "m f=1,f=2",
                "m f=\"never ends",
                "m f=\"never ends\\",
                "m\\",
                "m f=word",
                "m f=1ii",
                "m f=1.5i",
                "m f=NaN",
                "m f=1 1.5",
                "m f=1 1 1",
                "m f=1 now",
                "m f=\"a\"b 1",
                " =1",
                ",t=v f=1",
                "m f=1e9999999999",
                "m f=٣",
                "m f=999999999999999999999i",
                "m\nf=1",
                "{\"a\":1}"
            })
    void rejectsWhatIsNoLineProtocol(String line) {
        assertThat(detail(INFLUX, utf8("ok f=1\n" + line))).contains("line ");
    }

    @Test
    void rejectsNoLinesAndTooMany() {
        assertThat(detail(INFLUX, utf8("# comment"))).isEqualTo("the value is empty");
        assertThat(detail(INFLUX, utf8("m f=1\n".repeat(200_000)))).contains("250000 values");
        assertThat(detail(INFLUX, new byte[] {(byte) 0xff})).isEqualTo("the value is not UTF-8 text");
    }

    private static Encoding csv(char separator, @Nullable Character quote) {
        return new Encoding(
                Format.CSV,
                Compression.NONE,
                Encoding.DEFAULT_MAX_SIZE,
                new Encoding.Csv(List.of("id", "temp"), separator, quote));
    }
}
