package io.iotdarelay.decode;

import static io.iotdarelay.decode.Decodings.detail;
import static io.iotdarelay.decode.Decodings.json;
import static io.iotdarelay.decode.Decodings.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SenmlTest {

    private static final String DIGITS =
            "11111111111111111111111111111111111111111111111111111111111111111111111111111111111"
                    + "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
                    + "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
                    + "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
                    + "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111";
    private static final Encoding SENML = Encoding.of(Format.SENML);
    private static final Encoding SENML_CBOR = Encoding.of(Format.SENML_CBOR);

    @Test
    void resolvesBaseFields() {
        assertThat(json(SENML, utf8("""
                [{"bn":"urn:dev:mac:0024befffe804ff1:","bt":1767261600.0,"bu":"Cel","n":"temp","v":21.5},
                 {"n":"hum","u":"%RH","v":48},
                 {"n":"temp","t":-60,"v":21.2}]"""))).isEqualTo("""
                [{"n":"urn:dev:mac:0024befffe804ff1:temp","u":"Cel","v":21.5,"t":1767261600.0},\
                {"n":"urn:dev:mac:0024befffe804ff1:hum","u":"%RH","v":48,"t":1767261600.0},\
                {"n":"urn:dev:mac:0024befffe804ff1:temp","u":"Cel","v":21.2,"t":1767261540.0}]""");
    }

    @Test
    void resolvesValuesSumsAndLaterBases() {
        assertThat(json(SENML, utf8("""
                [{"bn":"a:","bt":1767261600,"bv":20,"bs":100},{"n":"x","v":1.5,"s":2},{"bn":"b:","bv":0,"n":"y","v":1,"ut":10},
                 {"n":"z","vs":"on"},{"n":"z","vb":true},{"n":"z","vd":"-_8"},{"s":1}]"""))).isEqualTo("""
                [{"n":"a:x","v":21.5,"s":102,"t":1767261600},{"n":"b:y","v":1,"ut":10,"s":100,"t":1767261600},\
                {"n":"b:z","vs":"on","s":100,"t":1767261600},{"n":"b:z","vb":true,"s":100,"t":1767261600},\
                {"n":"b:z","vd":"+/8=","s":100,"t":1767261600},\
                {"n":"b:","s":101,"t":1767261600}]""");
    }

    /** RFC 8428, section 4.5.4: the one of base sum and sum that is missing is zero. */
    @Test
    void resolvesABaseSumWithoutASum() {
        assertThat(json(SENML, utf8("""
                [{"bt":1767261600,"bs":5,"n":"x","v":1},{"n":"x","s":-5},{"bs":0,"n":"x","v":1}]"""))).isEqualTo("""
                [{"n":"x","v":1,"s":5,"t":1767261600},{"n":"x","s":0,"t":1767261600},{"n":"x","v":1,"t":1767261600}]""");
    }

    /** Below 2^28 a time is relative to now, which is the time of the record. */
    @Test
    void resolvesTimesThatAreRelativeToNow() {
        assertThat(
                        json(
                                SENML,
                                utf8(
                                        "[{\"n\":\"x\",\"v\":1},{\"n\":\"x\",\"v\":1,\"t\":-5},{\"n\":\"x\",\"v\":1,\"t\":268435456}]")))
                .isEqualTo("""
                        [{"n":"x","v":1,"t":1767261600.500},{"n":"x","v":1,"t":1767261595.500},{"n":"x","v":1,"t":268435456}]""");
    }

    /** RFC 8428, section 6. */
    @Test
    void readsLabelsThatAreNumbers() {
        String pack = "83" // three records
                + "a4" + "21" + "66756e693a6f3a" // -2: "uni:o:"
                + "22" + "1a695645a0" // -3: 1767261600
                + "00" + "6174" // 0: "t"
                + "02" + "f94d60" // 2: 21.5
                + "a2" + "00" + "6168" + "03" + "626f6e" // 0: "h", 3: "on"
                + "a3" + "00" + "6164" + "08" + "420102" + "06" + "3804"; // 0: "d", 8: bytes, 6: -5

        assertThat(json(SENML_CBOR, HexFormat.of().parseHex(pack))).isEqualTo("""
                [{"n":"uni:o:t","v":21.5,"t":1767261600},{"n":"uni:o:h","vs":"on","t":1767261600},\
                {"n":"uni:o:d","vd":"AQI=","t":1767261595}]""");
    }

    @Test
    void rejectsALabelThatStandsThereTwice() {
        assertThat(detail(SENML_CBOR, HexFormat.of().parseHex("81a300617402016176" + "02")))
                .contains("twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":\"x\",\"v\":1}",
                "[1]",
                "[{\"v\":1}]",
                "[{\"n\":1,\"v\":1}]",
                "[{\"n\":\"x\",\"v\":\"1\"}]",
                "[{\"n\":\"x\",\"v\":null}]",
                "[{\"n\":\"x\",\"v\":NaN}]",
                "[{\"n\":\"x\",\"bv\":-Infinity,\"v\":1}]",
                "[{\"n\":\"x\",\"v\":1,\"t\":\"1\"}]",
                "[{\"bver\":11,\"n\":\"x\",\"v\":1}]",
                "[{\"n\":\"x\",\"v\":1,\"strict_\":1}]",
                "[{\"n\":\"x\",\"vd\":\"!\"}]",
                "[{\"n\":\"x\",\"v\":0." + DIGITS + "}]",
                "[{\"bv\":1e999999999,\"n\":\"x\",\"v\":1}]",
                "[{\"bt\":1e-999999999,\"n\":\"x\",\"v\":1}]"
            })
    void rejectsWhatIsNoPack(String pack) {
        detail(SENML, utf8(pack));
    }
}
