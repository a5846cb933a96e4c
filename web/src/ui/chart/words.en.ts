// What the curves of a training run mean, in English.
export const en = {
  at: (kimg: string) => `at ${kimg} kimg`,
  means: "What these mean",
  // One sentence per term, for people who see it for the first time. Keys are the last part of a log key.
  terms: {
    loss: "What this phase tries to make smaller. In a GAN it does not simply fall: each player's success raises the other's.",
    real_logits:
      "The discriminator's average score for real pictures, before any sigmoid; higher means “real”.",
    fake_logits: "Its average score for generated pictures. Close to the real score: the generator fools it.",
    accuracy:
      "How often the discriminator tells real from fake. Around 0.5 it guesses; near 1 it overpowers the generator.",
    gap: "Real minus fake score. A gap that keeps growing means the discriminator is winning.",
    adversarial: "How badly the generator fails to fool the discriminator.",
    pixel:
      "Average difference between the result and the true picture, pixel by pixel (L1). Lower is closer.",
    perceptual: "Difference as a pretrained network sees it: textures and shapes rather than pixels.",
    feature_matching: "Difference between real and fake inside the discriminator: steadies the generator.",
    psnr: "How near the training answers are to their targets, in decibels; higher is nearer. 30 is good, 20 visibly off.",
    total_variation: "How much neighbouring pixels differ: holds noise down.",
    gradient_penalty: "Keeps the critic's slope near 1 (WGAN-GP), so that its score stays a useful guide.",
    r1: "Penalty on the discriminator's slope at real pictures: keeps it calm.",
    r2: "Penalty on the discriminator's slope at generated pictures.",
    path_length: "Asks that equal steps in the latent space change the picture equally.",
    makeup: "How far the colours of lips, eyes and skin are from the reference's.",
    background: "What changed outside the face: hair, earrings and ground should stay.",
    cycle: "Difference after translating there and back.",
    nce: "How hard it is to tell which patch of the source a patch of the result came from. High means content was lost.",
    identity: "Change in a picture that already belongs to the target domain.",
    style: "How well the style of the result can be read back.",
    diversity: "How different samples are from each other. Falling towards 0 means collapse.",
    gradient_norm: "Size of the update signal. Near 0 a player no longer learns; huge means unstable.",
    drift: "Keeps the critic's scores near 0, so that they do not wander off together.",
    orthogonal: "Asks that the generator's filters stay different from each other.",
    classes: "How badly the discriminator tells the classes apart. Falling is good for both players.",
    augment_p:
      "How often pictures are changed before the discriminator sees them. Staying at 1 means: too few pictures.",
    real_sign:
      "Share of real pictures taken for real, less those taken for fake. Above its aim, augmentation gets stronger.",
    path_mean: "How far the picture usually moves for a step in the latent space: what path_length should equal.",
    cam: "How well the network knows by its attention which domain a picture belongs to.",
    left_eye: "How far the redrawn left eye is from the sketched one.",
    right_eye: "How far the redrawn right eye is from the sketched one.",
    nose: "How far the redrawn nose is from the sketched one.",
    mouth: "How far the redrawn mouth is from the sketched one.",
    remainder: "How far the rest of the redrawn face is from the sketch.",
    learning_rate_scale: "Factor on the learning rates of the recipe: schedules, and halvings after a failure.",
    images_per_second: "Real pictures used for training each second.",
    memory_mb: "Memory the training process holds.",
  } as Record<string, string>,
};
