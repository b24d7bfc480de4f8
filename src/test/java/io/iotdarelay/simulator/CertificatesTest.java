package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

    @TempDir
    private Path directory = Path.of("");

    /** A file may hold both, and whoever asks for the certificate may not have the key. */
    @Test
    void showsOfAGivenFileTheCertificatesOnly() throws IOException {
        String certificate = new Certificates().authorityPem();
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getEncoder().encodeToString("the key".getBytes(StandardCharsets.US_ASCII))
                + "\n-----END PRIVATE KEY-----\n";
        Path both = Files.writeString(directory.resolve("both.pem"), certificate + key + certificate);

        String text = Certificates.text(both);

        assertThat(text.lines().filter(line -> line.contains("BEGIN CERTIFICATE")))
                .hasSize(2);
        assertThat(text)
                .doesNotContain("PRIVATE")
                .contains(certificate.strip().lines().toList().get(1));
    }

    @Test
    void namesAFileThatCannotBeRead() {
        assertThatThrownBy(() -> Certificates.text(directory.resolve("missing.pem")))
                .hasMessageContaining("missing.pem cannot be read");
    }
}
