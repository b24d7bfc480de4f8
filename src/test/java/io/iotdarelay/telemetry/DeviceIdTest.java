package io.iotdarelay.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "Z", "0", "9", "_", "-", "60a87ffebaccd902c2f1abbb_0001"})
    void takesWhatThePlatformTakes(String id) {
        assertThat(new DeviceId(id)).hasToString(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "../etc", "a/b", "%2e", "a b", "a\nb", "ä", "设备", "a.b", "@", "[", "`", "{", "/", ":", "a\u0000"
            })
    void takesNothingThatCouldLeaveThePath(String id) {
        assertThat(DeviceId.isValid(id)).isFalse();
        assertThatThrownBy(() -> new DeviceId(id)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void has128CharactersAtTheMost() {
        assertThat(DeviceId.isValid("x".repeat(128))).isTrue();
        assertThat(DeviceId.isValid("x".repeat(129))).isFalse();
    }

    @Test
    void haveAnOrder() {
        assertThat(new DeviceId("a")).isLessThan(new DeviceId("b")).isEqualByComparingTo(new DeviceId("a"));
    }

    @Test
    void areEqualByTheirText() {
        DeviceId id = new DeviceId("a");
        assertThat(id.equals(id)).isTrue();
        assertThat(id).isEqualTo(new DeviceId("a")).hasSameHashCodeAs(new DeviceId("a"));
        assertThat(id).isNotEqualTo(new DeviceId("b")).isNotEqualTo("a");
    }
}
