package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BoundedBytesTest {

    @Test
    void collectsUpToItsBound() throws IOException {
        BoundedBytes bytes = new BoundedBytes(10);

        bytes.write("abc".getBytes(StandardCharsets.UTF_8), 1, 2);
        bytes.write('d');
        bytes.write("efghijkl".getBytes(StandardCharsets.UTF_8), 0, 7);

        assertThat(bytes.isExceeded()).isFalse();
        assertThat(text(bytes, 0, 0)).isEqualTo("bcdefghijk");
        assertThat(text(bytes, 1, 2)).isEqualTo("cdefghi");
        assertThat(text(bytes, 1, 0)).isEqualTo("cdefghijk");
        assertThat(text(bytes, 0, 1)).isEqualTo("bcdefghij");
    }

    @Test
    void copiesWhatIsWrittenAtOnceOnlyOnce() throws IOException {
        BoundedBytes bytes = new BoundedBytes(10);
        bytes.write(new byte[] {1, 2, 3}, 0, 3);

        assertThat(bytes.between(0, 0)).isSameAs(bytes.between(0, 0)).containsExactly(1, 2, 3);

        bytes.write(4);
        bytes.write(5);
        assertThat(bytes.between(0, 0)).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void failsBeyondItsBoundAndFromThenOn() throws IOException {
        BoundedBytes bytes = new BoundedBytes(3);
        bytes.write(1);

        assertThatThrownBy(() -> bytes.write(new byte[3], 0, 3)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> bytes.write(2)).isInstanceOf(IOException.class);
        assertThat(bytes.isExceeded()).isTrue();
    }

    private static String text(BoundedBytes bytes, int begin, int beforeEnd) {
        return new String(bytes.between(begin, beforeEnd), StandardCharsets.UTF_8);
    }
}
