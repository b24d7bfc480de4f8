package io.iotdarelay.iotda;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceSecret;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureTest {

    /** The first was published by Huawei, the second by a public client's own test; the others were computed twice. */
    @ParameterizedTest
    @CsvSource({
        "2025041401, 12345678, c75150e6cb841417396819e4d2ee4358a416344a03a083e3a8567074ddec820a",
        "202012222200, 123456789, c0fefa1341fb0647290e93f641a9bcea74cd32111668cdc5f7418553640a55cc",
        "2018072417, 12345678, cda20ea47ca2e8f01d9dd8aa9eb7e7937562f5be6982ea82d46c582c4a476b3f",
        "2019120219, 12345678, 338ce4d607e62fdca760488716216fbe0a19771874db10ce30360e5c777c3e3c",
        "2024062602, 12345678, f8b3480ac5e92ab7d2ed0e399dc0c73f2192043d8b2597714f8f74e0f6b166a8",
        "2024062602, 0123456789abcdef0123456789abcdef, c27527a972075607b014e065489574dadd8ae60e95730d05078cad5f0618e7fc",
        "2024062602, A-b_C-d_, 55da26191b202bbb8c0474508583a5192e846c1bf8cb25e087d1bc5b55be356a",
        "2026123123, relay_secret-01, 99b9873a97e9358fa5c38e051670e7c28f7ad05fb983025d8e086f19253ffe41",
        "2027010100, relay_secret-01, 679757ded7332c0a5a27adb4ceaf4138182f17e004d722dff041759bfdcff400"
    })
    void isKeyedWithTheHour(String timestamp, String secret, String password) {
        assertThat(Signature.password(timestamp, new DeviceSecret(secret))).isEqualTo(password);
    }

    @Test
    void isNotKeyedWithTheSecret() {
        assertThat(Signature.password("2025041401", new DeviceSecret("12345678")))
                .isNotEqualTo("75e7262705ff85203403e600f652133f9cac4e4d1400b44f3582e778a97f6c36");
    }

    @ParameterizedTest
    @CsvSource({
        "2018-07-24T17:56:20Z, 2018072417",
        "2026-12-31T23:59:59.999Z, 2026123123",
        "2027-01-01T00:00:00Z, 2027010100"
    })
    void namesTheHourInUtc(Instant now, String hour) {
        assertThat(Signature.of(new DeviceSecret("12345678"), now).timestamp()).isEqualTo(hour);
    }

    @Test
    void isNotPrinted() {
        Signature signature = Signature.of(new DeviceSecret("12345678"), Instant.EPOCH);

        assertThat(signature.toString()).doesNotContain(signature.password());
    }
}
