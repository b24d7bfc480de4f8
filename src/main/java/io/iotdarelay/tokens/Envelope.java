package io.iotdarelay.tokens;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Turns entries into values of records and back, with AES-256-GCM: format (1 byte), length and ID of the key, nonce (12 bytes),
 * ciphertext and tag. Device, key ID and the platform's endpoint are authenticated with it, so that a value is good for nothing
 * under another device's key, or at another endpoint. Not thread-safe: a thread has its own.
 *
 * <p>Nonces are random. With 96 bits, 2^32 records under one key keep the chance that two are equal below 2^-32 (NIST SP 800-38D).
 */
final class Envelope {

    private static final byte FORMAT = 1;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int HAS_CLAIM = 1;
    private static final int HAS_TOKEN = 2;
    private static final int IS_OVER = 4;
    private static final int MOST = 4096;

    private final byte[] endpoint;
    private final Keyring keys;
    private final RandomGenerator random;
    private final Cipher cipher;

    /**
     * For one endpoint.
     *
     * @param random secure, for nonces
     */
    Envelope(String endpoint, Keyring keys, RandomGenerator random) {
        this.endpoint = endpoint.getBytes(StandardCharsets.UTF_8);
        this.keys = keys;
        this.random = random;
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /** The result of opening a value. */
    sealed interface Opened {
        record Good(Entry entry) implements Opened {}

        /** Nothing can be told from it; why, as a label. */
        record Ignored(String reason) implements Opened {}
    }

    /** Seals with the key of the token, whose fingerprint depends on it, or else with the current one. */
    byte[] seal(DeviceId device, Entry entry) {
        KnownToken token = entry.token();
        TokenKey key = token == null ? keys.current() : token.key();
        byte[] id = key.id().getBytes(StandardCharsets.US_ASCII);
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] plain = write(entry);
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key.sealing(), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(bound(device, id));
            byte[] sealed = cipher.doFinal(plain);
            return ByteBuffer.allocate(2 + id.length + NONCE + sealed.length)
                    .put(FORMAT)
                    .put((byte) id.length)
                    .put(id)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing fails", e);
        }
    }

    Opened open(DeviceId device, byte[] value) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(value);
            if (value.length > MOST || buffer.get() != FORMAT) {
                return new Opened.Ignored("garbled");
            }
            byte[] id = new byte[Byte.toUnsignedInt(buffer.get())];
            buffer.get(id);
            byte[] nonce = new byte[NONCE];
            buffer.get(nonce);
            Optional<TokenKey> key = keys.find(new String(id, StandardCharsets.US_ASCII));
            if (key.isEmpty()) {
                return new Opened.Ignored("unknown-key");
            }
            cipher.init(Cipher.DECRYPT_MODE, key.get().sealing(), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(bound(device, id));
            return read(ByteBuffer.wrap(cipher.doFinal(value, buffer.position(), buffer.remaining())), key.get());
        } catch (BufferUnderflowException e) {
            return new Opened.Ignored("garbled");
        } catch (GeneralSecurityException e) {
            return new Opened.Ignored("undecryptable");
        }
    }

    /** What the value is bound to. */
    private byte[] bound(DeviceId device, byte[] keyId) {
        byte[] id = device.value().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(3 + keyId.length + id.length + endpoint.length)
                .put(FORMAT)
                .put((byte) keyId.length)
                .put(keyId)
                .put((byte) id.length)
                .put(id)
                .put(endpoint)
                .array();
    }

    private static byte[] write(Entry entry) {
        Claim claim = entry.claim();
        KnownToken token = entry.token();
        ByteBuffer plain = ByteBuffer.allocate(512);
        int over = claim != null && claim.isOver() ? IS_OVER : 0;
        plain.put((byte) ((claim == null ? 0 : HAS_CLAIM) | (token == null ? 0 : HAS_TOKEN) | over));
        if (claim != null) {
            plain.putLong(claim.instance()).putLong(claim.number()).putLong(claim.replaces());
            plain.putLong(claim.at());
        }
        if (token != null) {
            plain.putLong(token.fetchedAt()).putLong(token.expiresAt());
            plain.putLong(token.fingerprint().high())
                    .putLong(token.fingerprint().low());
            plain.put(token.token().value().getBytes(StandardCharsets.US_ASCII));
        }
        byte[] written = new byte[plain.position()];
        plain.flip().get(written);
        return written;
    }

    private static Opened read(ByteBuffer plain, TokenKey key) {
        int has = plain.get();
        Claim claim = (has & HAS_CLAIM) == 0
                ? null
                : new Claim(plain.getLong(), plain.getLong(), plain.getLong(), plain.getLong(), (has & IS_OVER) != 0);
        @Nullable KnownToken token = null;
        if ((has & HAS_TOKEN) != 0) {
            long fetchedAt = plain.getLong();
            long expiresAt = plain.getLong();
            Fingerprint fingerprint = new Fingerprint(plain.getLong(), plain.getLong());
            byte[] value = new byte[plain.remaining()];
            plain.get(value);
            String text = new String(value, StandardCharsets.ISO_8859_1);
            if (!AccessToken.isValid(text)) {
                return new Opened.Ignored("garbled");
            }
            token = new KnownToken(new AccessToken(text), fetchedAt, expiresAt, fingerprint, key);
        }
        return new Opened.Good(new Entry(claim, token));
    }
}
