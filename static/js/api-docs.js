// Draws the documentation of the API from its schema. Nothing is asked of another site.
const place = document.getElementById("api-docs");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // Swagger UI would show a badge fetched from an outside validator.
  validatorUrl: null,
  // The page has its title and its words already.
  plugins: [() => ({ wrapComponents: { InfoContainer: () => () => null } })],
});
