package io.iotdarelay.settle;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Identifies a topic of a cluster beyond its name: a topic that was deleted and recreated has another ID, and so has its
 * copy in another cluster. It binds the metadata of commits to the topic, because metadata can be copied (MirrorMaker copies
 * commits and translates their offsets, and a new topic may find those of its predecessor), and accepts only what it sealed
 * itself for the same offset.
 */
public record TopicIdentity(String clusterId, String topicId) {

    /*
     * The text is a version, a fingerprint, the newest leader epoch that the committer had seen, and what is finished. The
     * epoch distinguishes records that replaced lost ones at the same offsets after an unclean election from finished ones.
     * Version 1 had no fingerprint; it is no longer accepted.
     */

    /** What a commit's metadata holds. */
    public record Opened(FinishedOffsets finished, int newestEpoch) {

        public static final Opened NOTHING = new Opened(FinishedOffsets.NONE, OffsetTracker.NO_EPOCH);
    }

    private static final String VERSION = "iotda-relay-2";
    private static final int FINGERPRINT_BYTES = 15;
    private static final int FINGERPRINT = FINGERPRINT_BYTES / 3 * 4;
    private static final int EPOCH = 8;
    private static final int HEADER = VERSION.length() + FINGERPRINT + EPOCH;

    /**
     * The metadata of a commit.
     *
     * @param mostCharacters that the broker accepts
     * @return empty where nothing is finished beyond the committable offset, or where nothing fits
     */
    public String seal(OffsetTracker offsets, FinishedOffsets before, int mostCharacters) {
        String finished = offsets.finishedBeyond(before, mostCharacters - HEADER);
        return finished.isEmpty()
                ? ""
                : VERSION
                        + fingerprint(offsets.committable().orElseThrow())
                        + "%08x".formatted(offsets.newestEpoch())
                        + finished;
    }

    /** Reads the metadata of a commit. Metadata of another topic, offset, version or program yields nothing. */
    public Opened open(long offset, String metadata) {
        if (metadata.length() < HEADER || !metadata.startsWith(VERSION + fingerprint(offset))) {
            return Opened.NOTHING;
        }
        try {
            int newestEpoch = Integer.parseUnsignedInt(metadata, HEADER - EPOCH, HEADER, 16);
            return new Opened(FinishedOffsets.decode(offset, metadata.substring(HEADER)), newestEpoch);
        } catch (NumberFormatException e) {
            return Opened.NOTHING;
        }
    }

    private String fingerprint(long offset) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((clusterId + "/" + topicId + "/" + offset).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(Arrays.copyOf(digest, FINGERPRINT_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
