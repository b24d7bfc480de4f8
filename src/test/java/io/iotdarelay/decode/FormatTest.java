package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FormatTest {

    @Test
    void saysWhichFormatsNeedASchema() {
        assertThat(Arrays.stream(Format.values()).filter(Format::needsSchema))
                .containsExactly(Format.AVRO, Format.PROTOBUF, Format.JSON_SCHEMA);
    }
}
