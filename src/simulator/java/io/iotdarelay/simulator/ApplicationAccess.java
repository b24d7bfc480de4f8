package io.iotdarelay.simulator;

/**
 * Who may call the application side, and for what.
 *
 * @param accessKey the public half of the key, AK
 * @param secretKey the other half, SK
 * @param region what a derived signature must name
 * @param projectId the project of the region, in each path
 * @param appId the only resource space
 */
public record ApplicationAccess(String accessKey, String secretKey, String region, String projectId, String appId) {

    /** Made up, and known to everybody: for tests. */
    public static final ApplicationAccess SAMPLE = new ApplicationAccess(
            "SIMULATEDACCESSKEY01",
            "SimulatedSecretKey0123456789abcdefghijkl",
            "cn-north-4",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "5d2ac0f0c2b14f4fa0d1d8b1e0a5c3f7");

    /** A copy with another key. */
    public ApplicationAccess withKey(String newAccessKey, String newSecretKey) {
        return new ApplicationAccess(newAccessKey, newSecretKey, region, projectId, appId);
    }

    @Override
    public String toString() {
        return "ApplicationAccess[accessKey=" + accessKey + ", region=" + region + ", projectId=" + projectId + "]";
    }
}
