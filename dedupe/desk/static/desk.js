"use strict";
// Filters apply themselves as soon as they are changed; without this script there is a button.
document.addEventListener("change", (event) => {
  if (event.target.matches(".filters select")) event.target.form.requestSubmit();
});
